import type * as tf from '@tensorflow/tfjs-core';
import { f32x4, i32, type ModuleBuilder, v128 } from '../../emitter/index.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { exp, expm1 } from '../elementwise/exponential.ts';
import { emitMap, forFours, type Lanes } from '../elementwise/map.ts';
import { sizeOf } from '../shape.ts';

/** 1 / (1 + e⁻ˣ), for very negative x too. */
const sigmoid: Lanes = (f, x) => {
  const e = f.local('v128', exp(f, f.local('v128', f32x4.neg(f32x4.abs(x)))));
  const numerator = v128.select(f32x4.lt(x, f32x4.const(0)), e, f32x4.const(1));
  return f32x4.div(numerator, f32x4.add(e, f32x4.const(1)));
};

/** x above 0, eˣ - 1 below. */
const elu: Lanes = (f, x) => v128.select(f32x4.ge(x, f32x4.const(0)), x, expm1(f, x));

/** The activations of fused kernels that need nothing but the value, by tfjs's names. */
const simple: Readonly<Record<string, Lanes>> = {
  elu,
  relu: (_, x) => f32x4.max(x, f32x4.const(0)),
  relu6: (_, x) => f32x4.min(f32x4.max(x, f32x4.const(0)), f32x4.const(6)),
  sigmoid,
};

const slopes = 'activation/slopes';

/** Adds the functions that fused kernels apply to what they have computed, in place. */
export function emitActivations(module: ModuleBuilder): void {
  for (const [name, lanes] of Object.entries(simple)) emitMap(module, `activation/${name}`, lanes);
  emitSlopes(module);
}

/** What is negative in rows of values times a slope: one for each column, or the same one when `slopeColumn` is 0. */
function emitSlopes(module: ModuleBuilder): void {
  const parameters = { values: 'i32', rows: 'i32', columns: 'i32', slope: 'i32', slopeColumn: 'i32' } as const;
  module.function(slopes, parameters, (f, { values, rows, columns, slope, slopeColumn }) => {
    const [row, at] = [f.local('i32'), f.local('i32')];
    f.loop(row, { below: rows }, () => {
      f.set(at, slope);
      forFours(f, columns, (bytes, load, store) => {
        const x = f.local('v128', load(values));
        const alpha = f.local('v128');
        f.if(
          slopeColumn,
          () => f.set(alpha, load(at)),
          () => f.set(alpha, v128.load32Splat(at)),
        );
        store(values, v128.select(f32x4.lt(x, f32x4.const(0)), f32x4.mul(x, alpha), x));
        f.increase(values, bytes);
        f.increase(at, i32.mul(slopeColumn, i32.const(bytes)));
      });
    });
  });
}

/** An activation of rows of a result: the address of the first, their number and their length. */
export type Activate = (address: number, rows: number, columns: number) => void;

/** What a fused kernel says of its activation. */
export interface ActivationSettings {
  readonly activation?: string | undefined;
  readonly leakyreluAlpha?: number | undefined;
  readonly preluActivationWeights?: tf.TensorInfo | undefined;
}

/** Finds the activations of fused kernels. */
export class Activations {
  readonly #runtime: Runtime;
  readonly #slope: number;
  readonly #simple = new Map<string, Activate>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#slope = runtime.heap.reserve(4);
    for (const name of Object.keys(simple)) {
      const run = runtime.generated(`activation/${name}`);
      this.#simple.set(name, (address, rows, columns) => run(address, address, rows * columns));
    }
  }

  /**
   * The function that applies an activation, none where there is nothing to do, or `'broadcast'` for slopes that are neither
   * one number nor one for each column.
   *
   * @throws Error for an activation that tfjs does not know.
   */
  find(kernelName: string, settings: ActivationSettings, columns: number): Activate | 'broadcast' | undefined {
    const { activation = 'linear', leakyreluAlpha = 0.2, preluActivationWeights } = settings;
    const { heap } = this.#runtime;
    if (activation === 'linear') return undefined;
    const found = this.#simple.get(activation);
    if (found !== undefined) return found;
    if (activation === 'leakyrelu') return this.#slopes(() => this.#oneSlope(leakyreluAlpha), 0);
    if (activation !== 'prelu') throw new Error(`${kernelName}: there is no activation ${JSON.stringify(activation)}.`);
    if (preluActivationWeights === undefined) throw new Error(`${kernelName}: prelu needs preluActivationWeights.`);
    const size = sizeOf(preluActivationWeights.shape);
    const forColumns = size === columns && (preluActivationWeights.shape.at(-1) ?? 1) === columns;
    if (!forColumns && size !== 1) return 'broadcast';
    return this.#slopes(() => heap.address(preluActivationWeights), size === 1 ? 0 : 1);
  }

  #slopes(slopeAt: () => number, column: 0 | 1): Activate {
    const run = this.#runtime.generated(slopes);
    return (address, rows, columns) => run(address, rows, columns, slopeAt(), column);
  }

  #oneSlope(value: number): number {
    new Float32Array(this.#runtime.heap.memory.buffer, this.#slope, 1)[0] = value;
    return this.#slope;
  }
}
