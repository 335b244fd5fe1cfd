import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import { forEachIndex, type NdArray, offsetOf } from '../../nd-array.ts';
import { bilinear, bilinearByFirst, bilinearBySecond, linear, linearTransposed } from '../../references/terms.ts';
import { capped, seed, size } from '../../sizes.ts';

interface Equation {
  readonly equation: string;
}

const EQUATIONS = [
  'ij,jk->ik',
  'ij,jk->ki',
  'ij,kj->ik',
  'ji,jk->ik',
  'bij,bjk->bik',
  'bij,bkj->bik',
  'i,j->ij',
  'i,i->',
  'ij,ij->',
  'ij,ij->ij',
  'ij,i->ij',
  'ijk,ijl->kl',
  'abc,cd->abd',
  'abc,bd->adc',
  'bij,k->bkij',
  'ij->ji',
  'ij->i',
  'ijk->',
  'ijk->ki',
] as const;

interface Parts {
  readonly operands: readonly string[];
  readonly result: string;
  /** Every label once, those of the result first. */
  readonly labels: string;
}

function partsOf(equation: string): Parts {
  const [left, result] = equation.split('->') as [string, string];
  return { operands: left.split(','), result, labels: [...new Set(result + left.replaceAll(',', ''))].join('') };
}

const cases: fc.Arbitrary<OpCase<Equation>> = fc
  .record({ equation: fc.constantFrom(...EQUATIONS), sizes: fc.array(size(257), { minLength: 4, maxLength: 4 }), seed })
  .map(({ equation, sizes, seed: values }) => {
    const { operands, labels } = partsOf(equation);
    const fitting = capped(sizes.slice(0, labels.length), 20_000);
    const shapeOf = (own: string): number[] => [...own].map((label) => fitting[labels.indexOf(label)] as number);
    return { inputs: operands.map((own) => ({ shape: shapeOf(own) })), attrs: { equation }, seed: values };
  });

/** Calls a function for every term: with the places of the result's element and of each operand's. */
function forEachTerm(inputs: readonly NdArray[], equation: string, visit: (out: number, at: number[]) => void): void {
  const { operands, result, labels } = partsOf(equation);
  const sizes = [...labels].map((label) => {
    const operand = operands.findIndex((own) => own.includes(label));
    return (inputs[operand] as NdArray).shape[operands[operand]?.indexOf(label) as number] as number;
  });
  const positions = (own: string): number[] => [...own].map((label) => labels.indexOf(label));
  const place = (own: readonly number[], index: readonly number[]): number =>
    offsetOf(
      own.map((at) => sizes[at] as number),
      own.map((at) => index[at] as number),
    );
  const [resultPositions, operandPositions] = [positions(result), operands.map(positions)];
  forEachIndex(sizes, (index) => {
    visit(
      place(resultPositions, index),
      operandPositions.map((own) => place(own, index)),
    );
  });
}

function resultShape(inputs: readonly NdArray[], equation: string): number[] {
  const { operands, result } = partsOf(equation);
  return [...result].map((label) => {
    const operand = operands.findIndex((own) => own.includes(label));
    return (inputs[operand] as NdArray).shape[operands[operand]?.indexOf(label) as number] as number;
  });
}

export const einsum: Entry = entry<Equation>({
  op: 'einsum',
  family: 'contractions',
  cases,
  run: (inputs, { equation }) => tf.einsum(equation, ...inputs),
  reference: (inputs, { equation }) => {
    const shape = resultShape(inputs, equation);
    const [a, b] = inputs as [NdArray, NdArray | undefined];
    if (b === undefined) {
      return [linear(shape, (emit) => forEachTerm(inputs, equation, (out, [i]) => emit(out, i as number, 1)), a)];
    }
    const terms = (emit: (out: number, i: number, j: number) => void): void =>
      forEachTerm(inputs, equation, (out, [i, j]) => emit(out, i as number, j as number));
    return [bilinear(shape, terms, a, b)];
  },
  adjoint: (inputs, { equation }, [dy]) => {
    const [a, b] = inputs as [NdArray, NdArray | undefined];
    if (b === undefined) {
      const sum = (emit: (out: number, i: number, weight: number) => void): void =>
        forEachTerm(inputs, equation, (out, [i]) => emit(out, i as number, 1));
      return [linearTransposed(a.shape, sum, dy as NdArray)];
    }
    const terms = (emit: (out: number, i: number, j: number) => void): void =>
      forEachTerm(inputs, equation, (out, [i, j]) => emit(out, i as number, j as number));
    return [bilinearByFirst(a.shape, terms, dy as NdArray, b), bilinearBySecond(b.shape, terms, dy as NdArray, a)];
  },
});
