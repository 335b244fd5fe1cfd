import * as tf from '@tensorflow/tfjs-core';
import { type Entry, entry } from '../../entry.ts';
import { type Expected, elementwiseTolerance, Sums, sumTolerance, withinElementwise } from '../../expected.ts';
import { type Dtype, type NdArray, sizeOf } from '../../nd-array.ts';
import { type Groups, groupsOf, membersOf } from '../../references/groups.ts';
import { type Reduction, reductionCases } from './reduction-cases.ts';

function groups(x: NdArray, { axis, keepDims }: Reduction): Groups {
  return groupsOf(x.shape, axis, keepDims);
}

function sumOf(x: NdArray, over: Groups, dtype: Dtype, divisor = 1): Expected {
  const sums = new Sums(over.shape);
  over.places.forEach((place, flat) => {
    sums.add(place, x.data[flat] as number);
  });
  return sums.expected(dtype, divisor);
}

/** Every element of a group gets the group's gradient, divided by a number. */
function spread(x: NdArray, over: Groups, dy: NdArray, divisor = 1): Expected {
  const sums = new Sums(x.shape);
  over.places.forEach((place, flat) => {
    sums.add(flat, (dy.data[place] as number) / divisor);
  });
  return sums.expected();
}

const sum = entry<Reduction>({
  op: 'sum',
  family: 'reductions',
  cases: reductionCases([{}, { whole: true }, { dtype: 'int32' }, { dtype: 'bool' }]),
  run: ([x], { axis, keepDims }) => tf.sum(x as tf.Tensor, axis, keepDims),
  reference: ([x], attrs) => [
    sumOf(x as NdArray, groups(x as NdArray, attrs), x?.dtype === 'float32' ? 'float32' : 'int32'),
  ],
  adjoint: ([x], attrs, [dy]) => [spread(x as NdArray, groups(x as NdArray, attrs), dy as NdArray)],
});

const mean = entry<Reduction>({
  op: 'mean',
  family: 'reductions',
  cases: reductionCases([{}, { whole: true }, { dtype: 'int32' }]),
  run: ([x], { axis, keepDims }) => tf.mean(x as tf.Tensor, axis, keepDims),
  reference: ([x], attrs) => {
    const over = groups(x as NdArray, attrs);
    return [sumOf(x as NdArray, over, 'float32', over.length)];
  },
  adjoint: ([x], attrs, [dy]) => {
    const over = groups(x as NdArray, attrs);
    return [spread(x as NdArray, over, dy as NdArray, over.length)];
  },
});

/** The logarithms of the sums of exponentials, computed so that nothing overflows. */
function logSumExpOf(x: NdArray, over: Groups): Float64Array {
  return Float64Array.from(membersOf(over), (members) => {
    const values = members.map((flat) => x.data[flat] as number);
    const largest = Math.max(...values);
    return largest + Math.log(values.reduce((total, value) => total + Math.exp(value - largest), 0));
  });
}

const logSumExp = entry<Reduction>({
  op: 'logSumExp',
  family: 'reductions',
  cases: reductionCases([{}, { range: [-90, 90] }, { whole: true }], { empty: false }),
  run: ([x], { axis, keepDims }) => tf.logSumExp(x as tf.Tensor, axis, keepDims),
  reference: ([x], attrs) => {
    const over = groups(x as NdArray, attrs);
    return [withinElementwise(over.shape, logSumExpOf(x as NdArray, over))];
  },
  adjoint: ([x], attrs, [dy]) => {
    const { data, shape } = x as NdArray;
    const over = groups(x as NdArray, attrs);
    const results = logSumExpOf(x as NdArray, over);
    const shares = data.map((value, flat) => {
      const place = over.places[flat] as number;
      return Math.exp(value - (results[place] as number)) * ((dy as NdArray).data[place] as number);
    });
    return [withinElementwise(shape, shares)];
  },
});

/** What `softmax` gives along the last axis. */
function softmaxOf(x: NdArray, over: Groups): Float64Array {
  const logs = logSumExpOf(x, over);
  return x.data.map((value, flat) => Math.exp(value - (logs[over.places[flat] as number] as number)));
}

const lastAxis: Reduction = { axis: -1, keepDims: false };

/** Sums of the gradients' terms over the last axis: what both softmaxes subtract from each element. */
function termSums(terms: Float64Array, over: Groups): { sums: Float64Array; magnitudes: Float64Array } {
  const [sums, magnitudes] = [new Float64Array(sizeOf(over.shape)), new Float64Array(sizeOf(over.shape))];
  over.places.forEach((place, flat) => {
    (sums[place] as number) += terms[flat] as number;
    (magnitudes[place] as number) += Math.abs(terms[flat] as number);
  });
  return { sums, magnitudes };
}

/** `direct − share · Σ terms`, with the tolerance of both parts. */
function centred(x: NdArray, direct: Float64Array, share: Float64Array, terms: Float64Array, over: Groups): Expected {
  const { sums, magnitudes } = termSums(terms, over);
  const at = (flat: number): number => over.places[flat] as number;
  const data = direct.map((value, flat) => value - (share[flat] as number) * (sums[at(flat)] as number));
  const tolerance = data.map(
    (value, flat) =>
      elementwiseTolerance(value) + (share[flat] as number) * sumTolerance(over.length, magnitudes[at(flat)] as number),
  );
  return { shape: x.shape, dtype: 'float32', data, tolerance };
}

const softmax = entry<Reduction>({
  op: 'softmax',
  family: 'reductions',
  cases: reductionCases([{}, { range: [-90, 90] }], { minRank: 1, empty: false }),
  run: ([x]) => tf.softmax(x as tf.Tensor),
  reference: ([x]) => [
    withinElementwise((x as NdArray).shape, softmaxOf(x as NdArray, groups(x as NdArray, lastAxis))),
  ],
  adjoint: ([x], _, [dy]) => {
    const over = groups(x as NdArray, lastAxis);
    const shares = softmaxOf(x as NdArray, over);
    const terms = shares.map((share, flat) => share * ((dy as NdArray).data[flat] as number));
    return [centred(x as NdArray, terms, shares, terms, over)];
  },
});

const logSoftmax = entry<Reduction>({
  op: 'logSoftmax',
  family: 'reductions',
  cases: reductionCases([{}, { range: [-90, 90] }], { minRank: 1, empty: false }),
  run: ([x]) => tf.logSoftmax(x as tf.Tensor),
  reference: ([x]) => {
    const over = groups(x as NdArray, lastAxis);
    const logs = logSumExpOf(x as NdArray, over);
    const data = (x as NdArray).data.map((value, flat) => value - (logs[over.places[flat] as number] as number));
    return [withinElementwise((x as NdArray).shape, data)];
  },
  adjoint: ([x], _, [dy]) => {
    const over = groups(x as NdArray, lastAxis);
    const { data } = dy as NdArray;
    return [centred(x as NdArray, data, softmaxOf(x as NdArray, over), data, over)];
  },
});

export const sumEntries: readonly Entry[] = [logSoftmax, logSumExp, mean, softmax, sum];
