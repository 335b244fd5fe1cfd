import * as tf from '@tensorflow/tfjs-core';
import { f32x4, i8x16, i32, i32x4, type ModuleBuilder, type V128, v128 } from '../../emitter/index.ts';
import type { KernelFamily, Runtime } from '../../runtime/runtime.ts';
import { sameShape, sizeOf } from '../shape.ts';
import { magnitudeOf } from './exponential.ts';
import { inTurns, type Lanes } from './map.ts';
import { forTruths } from './truth-values.ts';

/** Questions about one number. */
const questions: Readonly<Record<string, Lanes>> = {
  IsNan: (_, x) => f32x4.ne(x, x),
  IsInf: (f, x) => f32x4.eq(magnitudeOf(f, x), f.number(Number.POSITIVE_INFINITY)),
  IsFinite: (f, x) => f32x4.lt(magnitudeOf(f, x), f.number(Number.POSITIVE_INFINITY)),
};

/** Joins sixteen truth values at once, each a byte that is 0 for false and may be any other for true; as a result 1. */
type Connective = (a: V128, b: V128, one: V128) => V128;

const connectives: Readonly<Record<string, Connective>> = {
  LogicalAnd: (a, b, one) => i8x16.minU(i8x16.minU(a, b), one),
  LogicalOr: (a, b, one) => i8x16.minU(v128.or(a, b), one),
  LogicalXor: (a, b, one) => v128.xor(i8x16.minU(a, one), i8x16.minU(b, one)),
};

/** Kernels with truth values: questions about numbers, connectives, and the choice between two tensors. */
export const truthFamily: KernelFamily = {
  emit(module) {
    for (const [name, ask] of Object.entries(questions)) emitQuestion(module, name, ask);
    for (const [name, join] of Object.entries(connectives)) emitConnective(module, name, join);
    emitConnective(module, 'LogicalNot', (a, _, one) => v128.xor(i8x16.minU(a, one), one));
    emitSelect(module);
  },
  kernels: (runtime) => ({
    ...Object.fromEntries(Object.keys(questions).map((name) => [name, questionKernel(runtime, name)])),
    ...Object.fromEntries(Object.keys(connectives).map((name) => [name, connectiveKernel(runtime, name)])),
    LogicalNot: notKernel(runtime),
    Select: selectKernel(runtime),
  }),
};

function emitQuestion(module: ModuleBuilder, name: string, ask: Lanes): void {
  module.function(name, { input: 'i32', output: 'i32', count: 'i32' }, (f, { input, output, count }) => {
    const x = f.local('v128');
    forTruths(f, count, output, [input], (load) => {
      f.set(x, load(input));
      return ask(f, x);
    });
  });
}

function emitConnective(module: ModuleBuilder, name: string, join: Connective): void {
  const parameters = { a: 'i32', b: 'i32', output: 'i32', count: 'i32' } as const;
  module.function(name, parameters, (f, { a, b, output, count }) => {
    const one = f.constant(i8x16.const(1));
    const turns = inTurns(f, count, [
      [a, 1],
      [b, 1],
      [output, 1],
    ]);
    const takeVector = (at: number): void =>
      f.do(v128.store(output, join(v128.load(a, at), v128.load(b, at), one), at));
    turns(64, () => [0, 16, 32, 48].forEach(takeVector));
    turns(16, () => takeVector(0));
    turns(1, () => {
      const joined = join(i32x4.splat(i32.load8(a)), i32x4.splat(i32.load8(b)), one);
      f.do(i32.store8(output, i32x4.lane(0, joined)));
    });
  });
}

function emitSelect(module: ModuleBuilder): void {
  const parameters = { condition: 'i32', yes: 'i32', no: 'i32', output: 'i32', count: 'i32' } as const;
  module.function('Select/bool', parameters, (f, { condition, yes, no, output, count }) => {
    const turns = inTurns(f, count, [
      [condition, 1],
      [yes, 1],
      [no, 1],
      [output, 1],
    ]);
    turns(1, () => f.do(i32.store8(output, i32.select(i32.load8(condition), i32.load8(yes), i32.load8(no)))));
  });
  module.function('Select', parameters, (f, { condition, yes, no, output, count }) => {
    const [lies, pairs] = [f.local('v128'), f.local('v128')];
    const turns = inTurns(f, count, [
      [condition, 1],
      [yes, 4],
      [no, 4],
      [output, 4],
    ]);
    turns(16, () => {
      f.set(lies, i8x16.eq(v128.load(condition), f.constant(i8x16.const(0))));
      for (const half of [0, 1]) {
        f.set(pairs, i8x16.shuffle(lies, lies, twice(8 * half, 1)));
        for (const quarter of [0, 1]) {
          const mask = i8x16.shuffle(pairs, pairs, twice(8 * quarter, 2));
          const at = 32 * half + 16 * quarter;
          f.do(v128.store(output, v128.select(mask, v128.load(no, at), v128.load(yes, at)), at));
        }
      }
    });
    turns(1, () => f.do(i32.store(output, i32.select(i32.load8(condition), i32.load(yes), i32.load(no)))));
  });
}

/** The indices of eight bytes from a place on, each group of so many twice: engines have an instruction for that. */
function twice(first: number, group: 1 | 2): readonly number[] {
  return Array.from({ length: 16 }, (_, i) => first + Math.floor(i / (2 * group)) * group + (i % group));
}

function questionKernel({ heap, generated, stock }: Runtime, name: string): tf.KernelFunc {
  const run = generated(name);
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype !== 'float32') return stock(name)(params);
    const output = heap.allocate(x.shape, 'bool');
    run(heap.address(x), heap.address(output), sizeOf(x.shape));
    return output;
  };
}

function connectiveKernel({ heap, generated, stock }: Runtime, name: string): tf.KernelFunc {
  const run = generated(name);
  return (params) => {
    const { a, b } = params.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
    if (!sameShape(a.shape, b.shape) || a.dtype !== 'bool' || b.dtype !== 'bool') return stock(name)(params);
    const output = heap.allocate(a.shape, 'bool');
    run(heap.address(a), heap.address(b), heap.address(output), sizeOf(a.shape));
    return output;
  };
}

function notKernel({ heap, generated, stock }: Runtime): tf.KernelFunc {
  const run = generated('LogicalNot');
  return (params) => {
    const x = params.inputs.x as tf.TensorInfo;
    if (x.dtype !== 'bool') return stock('LogicalNot')(params);
    const output = heap.allocate(x.shape, 'bool');
    run(heap.address(x), heap.address(x), heap.address(output), sizeOf(x.shape));
    return output;
  };
}

function selectKernel(runtime: Runtime): tf.KernelFunc {
  const { heap, generated } = runtime;
  const [words, bytes] = [generated('Select'), generated('Select/bool')];
  return (params) => {
    const { condition, t, e } = params.inputs as { condition: tf.TensorInfo; t: tf.TensorInfo; e: tf.TensorInfo };
    tf.util.assertShapesMatch(t.shape, e.shape, 'Select: the tensors to choose from differ in shape. ');
    const dtype = tf.upcastType(t.dtype, e.dtype);
    const [yes, no] = [t, e].map((x) => (x.dtype === dtype ? x : runtime.run(tf.Cast, { x }, { dtype }))) as [
      tf.TensorInfo,
      tf.TensorInfo,
    ];
    const output = heap.allocate(t.shape, dtype);
    if (sameShape(condition.shape, t.shape)) {
      const run = dtype === 'bool' ? bytes : words;
      run(heap.address(condition), heap.address(yes), heap.address(no), heap.address(output), sizeOf(t.shape));
    } else {
      selectRows(runtime, condition, yes, no, output);
    }
    if (yes !== t) heap.dispose(yes);
    if (no !== e) heap.dispose(no);
    return output;
  };
}

/** A condition of one axis chooses between whole rows. */
function selectRows(
  { heap }: Runtime,
  condition: tf.TensorInfo,
  yes: tf.TensorInfo,
  no: tf.TensorInfo,
  output: tf.TensorInfo,
): void {
  const rows = sizeOf(condition.shape);
  tf.util.assert(
    rows === output.shape[0] && condition.shape.length === 1,
    () => `Select: a condition of shape [${condition.shape}] cannot choose between rows of [${output.shape}].`,
  );
  if (rows === 0) return;
  const rowBytes = (sizeOf(output.shape) / rows) * (output.dtype === 'bool' ? 1 : 4);
  const memory = new Uint8Array(heap.memory.buffer);
  const [truths, target] = [heap.address(condition), heap.address(output)];
  for (let row = 0; row < rows; row++) {
    const from = heap.address(memory[truths + row] === 0 ? no : yes) + row * rowBytes;
    memory.copyWithin(target + row * rowBytes, from, from + rowBytes);
  }
}
