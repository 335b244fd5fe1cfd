import { inputsOf } from '../check.ts';
import type { OpCase } from '../entry.ts';
import { sizeOf } from '../nd-array.ts';
import { fault, type KnownFault } from './known-fault.ts';

const smallestNormal = 2 ** -126;

function isDenormal(value: number): boolean {
  return value !== 0 && Math.abs(value) < smallestNormal;
}

function hasDenormals(call: OpCase<unknown>): boolean {
  return inputsOf(call).some(({ dtype, data }) => dtype === 'float32' && data.some(isDenormal));
}

/** Whether a product of neighbours along the axis, from either end, is not a normal number on its way. */
function underflows(call: OpCase<{ axis: number }>): boolean {
  const [{ shape, data }] = inputsOf(call) as [ReturnType<typeof inputsOf>[number]];
  const axis = (call.attrs.axis + shape.length) % shape.length;
  const [length = 0, stride] = [shape[axis], sizeOf(shape.slice(axis + 1))];
  return data.some((_, first) => {
    if (Math.floor(first / stride) % length !== 0) return false;
    const line = Array.from({ length }, (_, i) => data[first + i * stride] as number);
    return [line, line.toReversed()].some((values) => {
      let product = 1;
      return values.some((value) => {
        product *= value;
        return isDenormal(product);
      });
    });
  });
}

/**
 * What the adapter cannot repair: TensorFlow sets the processor to compute with denormal numbers as zeros.
 */
export const nodeFaults: readonly KnownFault[] = [
  fault({
    ops: [
      ...['ceil', 'floor', 'log', 'reciprocal', 'rsqrt', 'sign', 'sqrt', 'step', 'cast', 'mul', 'div', 'atan2'],
      ...['equal', 'notEqual', 'greater', 'greaterEqual', 'less', 'lessEqual'],
    ],
    parts: ['value'],
    reason: 'denormal numbers count as zeros',
    when: hasDenormals,
  }),
  fault<{ axis: number }>({
    ops: ['cumprod'],
    parts: ['value'],
    reason: 'denormal products count as zeros',
    when: underflows,
  }),
];
