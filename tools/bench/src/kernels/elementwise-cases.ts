import type * as tf from '@tensorflow/tfjs-core';
import type { ValueOptions } from '../measuring/values.ts';
import type { Tfjs } from '../stock/stock-tfjs.ts';
import type { Inputs, KernelCase, Limit } from './kernel-case.ts';

type Unary = (library: Tfjs, x: tf.Tensor) => tf.Tensor;
type Binary = (library: Tfjs, a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
type Cost = Pick<Limit, 'flops' | 'divisions' | 'roots'>;

const positive = { low: 0.1, high: 3 };
const unit = { low: -0.95, high: 0.95 };
const wide = { low: -4, high: 4 };

function unary(kernel: string, run: Unary, values: ValueOptions, cost: Cost, writes = 1): KernelCase {
  const make = (inputs: Inputs) => {
    const x = inputs.matrix(values);
    return () => run(inputs.tf, x);
  };
  return { kernel, limit: { reads: 1, writes, ...cost }, make };
}

function binary(kernel: string, run: Binary, values: ValueOptions, cost: Cost, writes = 1): KernelCase {
  const make = (inputs: Inputs) => {
    const [a, b] = [inputs.matrix(values), inputs.matrix({ ...values, seed: 2 })];
    return () => run(inputs.tf, a, b);
  };
  return { kernel, limit: { reads: 2, writes, ...cost }, make };
}

function broadcast(kernel: string, run: Binary, variant: string, shape: (side: number) => number[]): KernelCase {
  const make = (inputs: Inputs) => {
    const [a, b] = [inputs.matrix(positive), inputs.floats(shape(inputs.side), { ...positive, seed: 2 })];
    return () => run(inputs.tf, a, b);
  };
  return { kernel, variant, limit: { reads: 1, writes: 1, flops: 1 }, make };
}

function logical(kernel: string, reads: number, run: (library: Tfjs, ...values: tf.Tensor[]) => tf.Tensor): KernelCase {
  const make = (inputs: Inputs) => {
    const shape = [inputs.side, inputs.side];
    const values = Array.from({ length: reads }, (_, i) => inputs.booleans(shape, 6 + i));
    return () => run(inputs.tf, ...values);
  };
  return { kernel, limit: { reads: reads / 4, writes: 1 / 4, flops: 1 }, make };
}

const boolean = 1 / 4;

/** Kernels of one input. What they cost is counted for a polynomial of the usual degree with its reduction of the range. */
const unaryCases: readonly KernelCase[] = [
  unary('Abs', (t, x) => t.abs(x), wide, { flops: 1 }),
  unary('Acos', (t, x) => t.acos(x), unit, { flops: 24, roots: 1 }),
  unary('Acosh', (t, x) => t.acosh(x), { low: 1, high: 4 }, { flops: 28, roots: 1 }),
  unary('Asin', (t, x) => t.asin(x), unit, { flops: 24, roots: 1 }),
  unary('Asinh', (t, x) => t.asinh(x), wide, { flops: 30, roots: 1 }),
  unary('Atan', (t, x) => t.atan(x), wide, { flops: 24, divisions: 1 }),
  unary('Atanh', (t, x) => t.atanh(x), unit, { flops: 28, divisions: 1 }),
  unary('Ceil', (t, x) => t.ceil(x), wide, { flops: 1 }),
  unary('ClipByValue', (t, x) => t.clipByValue(x, -1, 2), wide, { flops: 2 }),
  unary('Cos', (t, x) => t.cos(x), wide, { flops: 26 }),
  unary('Cosh', (t, x) => t.cosh(x), wide, { flops: 22, divisions: 1 }),
  unary('Elu', (t, x) => t.elu(x), wide, { flops: 22 }),
  unary('Erf', (t, x) => t.erf(x), wide, { flops: 40, divisions: 1 }),
  unary('Exp', (t, x) => t.exp(x), wide, { flops: 20 }),
  unary('Expm1', (t, x) => t.expm1(x), wide, { flops: 22 }),
  unary('Floor', (t, x) => t.floor(x), wide, { flops: 1 }),
  unary('IsFinite', (t, x) => t.isFinite(x), wide, { flops: 2 }, boolean),
  unary('IsInf', (t, x) => t.isInf(x), wide, { flops: 2 }, boolean),
  unary('IsNan', (t, x) => t.isNaN(x), wide, { flops: 1 }, boolean),
  unary('LeakyRelu', (t, x) => t.leakyRelu(x, 0.1), wide, { flops: 2 }),
  unary('Log', (t, x) => t.log(x), positive, { flops: 24 }),
  unary('Log1p', (t, x) => t.log1p(x), positive, { flops: 28 }),
  unary('Neg', (t, x) => t.neg(x), wide, { flops: 1 }),
  unary('Reciprocal', (t, x) => t.reciprocal(x), positive, { divisions: 1 }),
  unary('Relu', (t, x) => t.relu(x), wide, { flops: 1 }),
  unary('Relu6', (t, x) => t.relu6(x), wide, { flops: 2 }),
  unary('Round', (t, x) => t.round(x), wide, { flops: 1 }),
  unary('Rsqrt', (t, x) => t.rsqrt(x), positive, { divisions: 1, roots: 1 }),
  unary('Selu', (t, x) => t.selu(x), wide, { flops: 24 }),
  unary('Sigmoid', (t, x) => t.sigmoid(x), wide, { flops: 22, divisions: 1 }),
  unary('Sign', (t, x) => t.sign(x), wide, { flops: 4 }),
  unary('Sin', (t, x) => t.sin(x), wide, { flops: 26 }),
  unary('Sinh', (t, x) => t.sinh(x), wide, { flops: 24, divisions: 1 }),
  unary('Softplus', (t, x) => t.softplus(x), wide, { flops: 46 }),
  unary('Sqrt', (t, x) => t.sqrt(x), positive, { roots: 1 }),
  unary('Square', (t, x) => t.square(x), wide, { flops: 1 }),
  unary('Step', (t, x) => t.step(x, 0.5), wide, { flops: 2 }),
  unary('Tan', (t, x) => t.tan(x), unit, { flops: 34, divisions: 1 }),
  unary('Tanh', (t, x) => t.tanh(x), wide, { flops: 22, divisions: 1 }),
];

const binaryCases: readonly KernelCase[] = [
  binary('Add', (t, a, b) => t.add(a, b), wide, { flops: 1 }),
  binary('AddN', (t, a, b) => t.addN([a, b]), wide, { flops: 1 }),
  binary('Atan2', (t, a, b) => t.atan2(a, b), wide, { flops: 30, divisions: 1 }),
  binary('EluGrad', (t, a, b) => t.engine().runKernel('EluGrad', { dy: a, y: b }) as tf.Tensor, wide, { flops: 4 }),
  binary('FloorDiv', (t, a, b) => t.floorDiv(a, b), positive, { flops: 1, divisions: 1 }),
  binary('Maximum', (t, a, b) => t.maximum(a, b), wide, { flops: 1 }),
  binary('Minimum', (t, a, b) => t.minimum(a, b), wide, { flops: 1 }),
  binary('Mod', (t, a, b) => t.mod(a, b), positive, { flops: 6, divisions: 1 }),
  binary('Multiply', (t, a, b) => t.mul(a, b), wide, { flops: 1 }),
  binary('Pow', (t, a, b) => t.pow(a, b), positive, { flops: 70 }),
  binary('Prelu', (t, a, b) => t.prelu(a, b), wide, { flops: 3 }),
  binary('RealDiv', (t, a, b) => t.div(a, b), positive, { divisions: 1 }),
  binary('SquaredDifference', (t, a, b) => t.squaredDifference(a, b), wide, { flops: 2 }),
  binary('Sub', (t, a, b) => t.sub(a, b), wide, { flops: 1 }),
  binary('Equal', (t, a, b) => t.equal(a, b), wide, { flops: 2 }, boolean),
  binary('Greater', (t, a, b) => t.greater(a, b), wide, { flops: 2 }, boolean),
  binary('GreaterEqual', (t, a, b) => t.greaterEqual(a, b), wide, { flops: 2 }, boolean),
  binary('Less', (t, a, b) => t.less(a, b), wide, { flops: 2 }, boolean),
  binary('LessEqual', (t, a, b) => t.lessEqual(a, b), wide, { flops: 2 }, boolean),
  binary('NotEqual', (t, a, b) => t.notEqual(a, b), wide, { flops: 2 }, boolean),
];

const broadcastCases: readonly KernelCase[] = [
  broadcast(
    'Add',
    (t, a, b) => t.add(a, b),
    'a row',
    (side) => [side],
  ),
  broadcast(
    'Add',
    (t, a, b) => t.add(a, b),
    'a column',
    (side) => [side, 1],
  ),
  broadcast(
    'Add',
    (t, a, b) => t.add(a, b),
    'a scalar',
    () => [],
  ),
  broadcast(
    'Multiply',
    (t, a, b) => t.mul(a, b),
    'a row',
    (side) => [side],
  ),
  broadcast(
    'Multiply',
    (t, a, b) => t.mul(a, b),
    'a column',
    (side) => [side, 1],
  ),
  broadcast(
    'Sub',
    (t, a, b) => t.sub(a, b),
    'a column',
    (side) => [side, 1],
  ),
  broadcast(
    'Maximum',
    (t, a, b) => t.maximum(a, b),
    'a scalar',
    () => [],
  ),
  broadcast(
    'Maximum',
    (t, a, b) => t.maximum(a, b),
    'a row',
    (side) => [side],
  ),
];

/** Kernels on booleans and integers, casts, and kernels that only write. */
const otherTypes: readonly KernelCase[] = [
  logical('LogicalAnd', 2, (t, a, b) => t.logicalAnd(a as tf.Tensor, b as tf.Tensor)),
  logical('LogicalNot', 1, (t, a) => t.logicalNot(a as tf.Tensor)),
  logical('LogicalOr', 2, (t, a, b) => t.logicalOr(a as tf.Tensor, b as tf.Tensor)),
  logical(
    'LogicalXor',
    2,
    (t, a, b) => t.engine().runKernel('LogicalXor', { a: a as tf.Tensor, b: b as tf.Tensor }) as tf.Tensor,
  ),
  {
    kernel: 'BitwiseAnd',
    limit: { reads: 2, writes: 1, flops: 1 },
    make: (inputs) => {
      const [a, b] = [1, 2].map((seed) => inputs.integers([inputs.size], 1000, seed)) as [tf.Tensor, tf.Tensor];
      return () => inputs.runKernel('BitwiseAnd', { a, b });
    },
  },
  {
    kernel: 'Add',
    variant: 'int32',
    limit: { reads: 2, writes: 1, flops: 1 },
    make: (inputs) => {
      const [a, b] = [1, 2].map((seed) => inputs.integers([inputs.size], 1000, seed)) as [tf.Tensor, tf.Tensor];
      return () => inputs.tf.add(a, b);
    },
  },
  {
    kernel: 'Select',
    limit: { reads: 2.25, writes: 1, flops: 1 },
    make: (inputs) => {
      const condition = inputs.booleans([inputs.side, inputs.side]);
      const [t, e] = [inputs.matrix(), inputs.matrix({ seed: 2 })];
      // The op would first broadcast all three, which takes as long as thousands of elements.
      return () => inputs.runKernel('Select', { condition, t, e });
    },
  },
  {
    kernel: 'Cast',
    variant: 'float32 to int32',
    limit: { reads: 1, writes: 1, flops: 1 },
    make: (inputs) => {
      const x = inputs.matrix(wide);
      return () => inputs.tf.cast(x, 'int32');
    },
  },
  {
    kernel: 'Cast',
    variant: 'bool to float32',
    limit: { reads: 0.25, writes: 1, flops: 1 },
    make: (inputs) => {
      const x = inputs.booleans([inputs.size]);
      return () => inputs.tf.cast(x, 'float32');
    },
  },
  {
    kernel: 'Fill',
    limit: { reads: 0, writes: 1 },
    make:
      ({ tf, side }) =>
      () =>
        tf.fill([side, side], 0.5),
  },
  {
    kernel: 'ZerosLike',
    limit: { reads: 0, writes: 1 },
    make: (inputs) => {
      const x = inputs.matrix();
      return () => inputs.tf.zerosLike(x);
    },
  },
  {
    kernel: 'OnesLike',
    limit: { reads: 0, writes: 1 },
    make: (inputs) => {
      const x = inputs.matrix();
      return () => inputs.tf.onesLike(x);
    },
  },
];

/** Kernels that compute each element of the result from one element of each input. */
export const elementwiseCases: readonly KernelCase[] = [
  ...unaryCases,
  ...binaryCases,
  ...broadcastCases,
  ...otherTypes,
];
