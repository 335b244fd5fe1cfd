import { type AnyModule, nest } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import * as snt from 'sonnetjs';
import type { InputArg, InputSpec, Json, ModuleConfig } from './entry.ts';

/** Constructs a module from its configuration. */
export function construct({ module, args = [] }: ModuleConfig): AnyModule {
  const type = snt.parseStringToConstructor(module) as new (...args: unknown[]) => AnyModule;
  return new type(...args.map(revive));
}

/** Calls a module as a plain function. */
export function connect(module: AnyModule, inputs: readonly unknown[]): unknown {
  return (module as unknown as (...args: readonly unknown[]) => unknown)(...inputs);
}

/** The tensors among the outputs of a call. */
export function tensorsOf(outputs: unknown): tf.Tensor[] {
  return nest.flatten(outputs).filter((leaf): leaf is tf.Tensor => leaf instanceof tf.Tensor);
}

function revive(value: Json): unknown {
  if (Array.isArray(value)) return value.map((item: Json) => revive(item));
  if (typeof value !== 'object' || value === null) return value;
  const record = value as { readonly [key: string]: Json };
  if (typeof record.module === 'string') return construct(record as unknown as ModuleConfig);
  if (typeof record.fn === 'string') return Reflect.get(tf, record.fn);
  if (typeof record.call === 'string') return lookUp(record.call)(...((record.args ?? []) as Json[]).map(revive));
  return Object.fromEntries(Object.entries(record).map(([key, item]) => [key, revive(item)]));
}

function lookUp(path: string): (...args: unknown[]) => unknown {
  let found: unknown = snt;
  for (const part of path.split('.')) found = Reflect.get(Object(found), part);
  if (typeof found !== 'function') throw new Error(`sonnetjs exports no function ${path}.`);
  return found as (...args: unknown[]) => unknown;
}

/** Makes the arguments of a call of a module. */
export function makeInputs(args: readonly InputArg[], module: AnyModule): unknown[] {
  return args.map((arg, position) => makeInput(arg, position + 1, module));
}

function makeInput(arg: InputArg, seed: number, module: AnyModule): unknown {
  if ('json' in arg) return revive(arg.json);
  if ('make' in arg) return arg.make(module);
  if ('list' in arg) return arg.list.map((item, i) => makeInput(item, 10 * seed + i, module));
  return makeTensor(arg.tensor, seed);
}

/** Numbers between -1 and 1 that differ and keep away from zero, where activations have kinks. */
function makeTensor({ shape, dtype = 'float32', values }: InputSpec, seed: number): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  const generated = (i: number): number => {
    const x = (((i * 7919 + seed * 104729) % 10007) / 10007) * 2 - 1;
    return Math.abs(x) < 0.05 ? x + 0.1 : x;
  };
  return tf.tensor(
    values === undefined ? Array.from({ length: size }, (_, i) => generated(i)) : [...values],
    [...shape],
    dtype,
  );
}
