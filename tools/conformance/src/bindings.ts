import type * as tf from '@tensorflow/tfjs-core';
import type { Json, JsonObject, Step } from './case-format.ts';

/** What values refer to while a case runs. */
export interface Bindings {
  /** Objects by the names that steps gave them. */
  readonly names: Map<string, unknown>;
  /** Called with each tensor that stands in an argument, and its path such as `calls[0].args[1].hidden`. */
  onInput(path: string, tensor: tf.Tensor): void;
  /** Runs steps, as those inside a lambda. */
  runSteps(steps: readonly Step[], path: string): void;
  /** Constructs the module that a value describes. */
  construct(module: string, config: JsonObject, path: string): unknown;
  /** What a value stands for. */
  decode(value: Json, path: string): unknown;
  /** Calls a function by its Python name. */
  callFunction(name: string, args: readonly Json[], kwargs: JsonObject, path: string): unknown;
}
