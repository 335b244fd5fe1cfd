import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry } from '../../entry.ts';
import type { Dtype, NdArray } from '../../nd-array.ts';
import { pointwise, pointwiseGradient } from '../../references/broadcasting.ts';
import { seed } from '../../sizes.ts';
import type { InputSpec } from '../../values.ts';
import { broadcastShapes, shapeAndSmaller } from './broadcast-shapes.ts';

type Kind = Omit<InputSpec, 'shape'>;
type Kinds = readonly [a: Kind, b: Kind];

interface Binary {
  readonly call: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
  readonly value: (a: number, b: number) => number;
  readonly partials?: readonly [(a: number, b: number) => number, (a: number, b: number) => number];
  /** What the operands may hold. The first is where gradients are checked. */
  readonly kinds: readonly Kinds[];
  /** Whether only the second operand is broadcast. */
  readonly secondToFirst?: boolean;
  /** Default: the wider of the operands' dtypes. */
  readonly dtype?: Dtype;
}

const real: Kind = {};
const integer: Kind = { dtype: 'int32', range: [-100, 100] };
const wide: Kind = { wide: true };
const whole: Kind = { whole: true };
const bool: Kind = { dtype: 'bool' };
/** Away from zero, where quotients are well-conditioned. */
const divisor: Kind = { range: [0.3, 4] };
const positiveInteger: Kind = { dtype: 'int32', range: [1, 9] };
const negativeInteger: Kind = { dtype: 'int32', range: [-9, -1] };
const wholeDivisor: Kind = { whole: true, range: [1, 9] };

const arithmetic: readonly Kinds[] = [
  [real, real],
  [wide, wide],
  [whole, whole],
  [integer, integer],
  [real, integer],
  [bool, real],
  [integer, bool],
];
const comparable: readonly Kinds[] = [
  [whole, whole],
  [wide, wide],
  [real, real],
  [integer, integer],
  [{ dtype: 'int32' }, { dtype: 'int32' }],
  [whole, { dtype: 'int32' }],
  [bool, bool],
];

const binaries: Readonly<Record<string, Binary>> = {
  add: { call: tf.add, value: (a, b) => a + b, partials: [() => 1, () => 1], kinds: arithmetic },
  sub: { call: tf.sub, value: (a, b) => a - b, partials: [() => 1, () => -1], kinds: arithmetic },
  mul: { call: tf.mul, value: (a, b) => a * b, partials: [(_, b) => b, (a) => a], kinds: arithmetic },
  div: {
    call: tf.div,
    value: (a, b) => a / b,
    partials: [(_, b) => 1 / b, (a, b) => -a / (b * b)],
    kinds: [
      [real, divisor],
      [wide, wide],
      [whole, whole],
      [real, positiveInteger],
    ],
  },
  divNoNan: {
    call: tf.divNoNan,
    value: (a, b) => (b === 0 ? 0 : a / b),
    partials: [(_, b) => 1 / b, (a, b) => -a / (b * b)],
    kinds: [
      [real, divisor],
      [whole, whole],
      [wide, real],
    ],
  },
  floorDiv: {
    call: tf.floorDiv,
    value: (a, b) => Math.floor(a / b),
    kinds: [
      [whole, wholeDivisor],
      [integer, positiveInteger],
      [integer, negativeInteger],
      [whole, positiveInteger],
    ],
  },
  mod: {
    call: tf.mod,
    value: (a, b) => a - Math.floor(a / b) * b,
    partials: [() => 1, (a, b) => -Math.floor(a / b)],
    kinds: [
      [{ whole: true, range: [-20, 20] }, wholeDivisor],
      [integer, positiveInteger],
      [integer, negativeInteger],
    ],
  },
  pow: {
    call: tf.pow,
    value: (a, b) => a ** b,
    partials: [(a, b) => b * a ** (b - 1), (a, b) => a ** b * Math.log(a)],
    kinds: [
      [{ range: [0.2, 3] }, { range: [-3, 3] }],
      [wide, whole],
      [{ range: [-3, 3] }, whole],
      [
        { dtype: 'int32', range: [-5, 5] },
        { dtype: 'int32', range: [0, 6] },
      ],
    ],
  },
  maximum: {
    call: tf.maximum,
    value: Math.max,
    partials: [(a, b) => (a >= b ? 1 : 0), (a, b) => (a >= b ? 0 : 1)],
    kinds: [
      [real, real],
      [wide, wide],
      [whole, whole],
      [integer, integer],
      [real, integer],
    ],
  },
  minimum: {
    call: tf.minimum,
    value: Math.min,
    partials: [(a, b) => (a <= b ? 1 : 0), (a, b) => (a <= b ? 0 : 1)],
    kinds: [
      [real, real],
      [wide, wide],
      [whole, whole],
      [integer, integer],
      [real, integer],
    ],
  },
  squaredDifference: {
    call: tf.squaredDifference,
    value: (a, b) => (a - b) ** 2,
    partials: [(a, b) => 2 * (a - b), (a, b) => 2 * (b - a)],
    kinds: [
      [real, real],
      [wide, wide],
      [integer, integer],
      [real, integer],
    ],
  },
  atan2: {
    call: tf.atan2,
    value: Math.atan2,
    partials: [(a, b) => b / (a * a + b * b), (a, b) => -a / (a * a + b * b)],
    kinds: [
      [real, divisor],
      [real, real],
      [wide, wide],
      [whole, whole],
    ],
  },
  prelu: {
    call: tf.prelu,
    value: (x, alpha) => (x < 0 ? alpha * x : x),
    partials: [(x, alpha) => (x > 0 ? 1 : alpha), (x) => Math.min(x, 0)],
    secondToFirst: true,
    kinds: [
      [real, real],
      [wide, real],
    ],
  },
  equal: { call: tf.equal, value: (a, b) => Number(a === b), kinds: comparable, dtype: 'bool' },
  notEqual: { call: tf.notEqual, value: (a, b) => Number(a !== b), kinds: comparable, dtype: 'bool' },
  greater: { call: tf.greater, value: (a, b) => Number(a > b), kinds: comparable, dtype: 'bool' },
  greaterEqual: { call: tf.greaterEqual, value: (a, b) => Number(a >= b), kinds: comparable, dtype: 'bool' },
  less: { call: tf.less, value: (a, b) => Number(a < b), kinds: comparable, dtype: 'bool' },
  lessEqual: { call: tf.lessEqual, value: (a, b) => Number(a <= b), kinds: comparable, dtype: 'bool' },
  logicalAnd: { call: tf.logicalAnd, value: (a, b) => a * b, kinds: [[bool, bool]], dtype: 'bool' },
  logicalOr: { call: tf.logicalOr, value: (a, b) => Math.max(a, b), kinds: [[bool, bool]], dtype: 'bool' },
  logicalXor: { call: tf.logicalXor, value: (a, b) => Number(a !== b), kinds: [[bool, bool]], dtype: 'bool' },
};

const WIDTH: Readonly<Record<Dtype, number>> = { bool: 0, int32: 1, float32: 2 };

function widerDtype(a: NdArray, b: NdArray): Dtype {
  return WIDTH[a.dtype] >= WIDTH[b.dtype] ? a.dtype : b.dtype;
}

function binaryEntry(op: string, { call, value, partials, kinds, dtype, secondToFirst }: Binary): Entry {
  return entry<null>({
    op,
    family: 'elementwise',
    cases: fc
      .record({ shapes: secondToFirst ? shapeAndSmaller : broadcastShapes(2), kind: fc.constantFrom(...kinds), seed })
      .map((drawn) => ({
        inputs: drawn.kind.map((kind, i) => ({ shape: drawn.shapes[i] as number[], ...kind })),
        attrs: null,
        seed: drawn.seed,
        gradient: drawn.kind === kinds[0],
      })),
    run: ([a, b]) => call(a as tf.Tensor, b as tf.Tensor),
    reference: (inputs) => [pointwise(inputs, value, dtype ?? widerDtype(...(inputs as [NdArray, NdArray])))],
    adjoint:
      partials &&
      ((inputs, _, [dy]) => partials.map((partial, i) => pointwiseGradient(inputs, dy as NdArray, i, partial))),
  });
}

export const binaryEntries: readonly Entry[] = Object.entries(binaries).map(([op, binary]) => binaryEntry(op, binary));
