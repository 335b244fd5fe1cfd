import * as tf from '@tensorflow/tfjs-core';

/** A weight of a cell of `tf.layers`, by its structure. */
export interface LayersWeight {
  /** The name that the cell gave it. */
  readonly originalName: string;
  /** Its shape; sizes that are not known are null. */
  readonly shape: readonly (number | null)[];
  /** Whether optimizers change it. */
  readonly trainable: boolean;
  /** Its value. */
  read(): tf.Tensor;
}

/** A recurrent cell of `tf.layers`, such as `tf.layers.lstmCell({ units: 8 })`, by its structure. */
export interface LayersCell {
  /** The size of the state's only tensor, or the sizes of all. */
  readonly stateSize: number | readonly number[];
  /** Its weights; there are none before it is built. */
  readonly weights: readonly LayersWeight[];
  /** Functions that compute what its regularizers add to the loss. */
  readonly losses?: readonly (() => tf.Tensor)[];
  /** Makes the weights. */
  build(inputShape: (number | null)[]): void;
  /** Computes `[output, ...nextStates]` from `[inputs, ...states]`. */
  call(inputs: tf.Tensor[], kwargs: object): tf.Tensor | tf.Tensor[];
  /** The name of its class. */
  getClassName?(): string;
}

/** Makes a cell: a class of cells, or a function such as `tf.layers.lstmCell`. */
export type LayersCellConstructor<Args extends readonly unknown[]> =
  | (new (
      ...args: Args
    ) => LayersCell)
  | ((...args: Args) => LayersCell);

/** Whether a value has what {@link LayersCell} says. */
export function isLayersCell(value: unknown): value is LayersCell {
  const { stateSize, build, call } = Object(value) as Partial<LayersCell>;
  return stateSize !== undefined && typeof build === 'function' && typeof call === 'function';
}

/** The sizes of a cell's state, one for each tensor. */
export function stateSizesOf({ stateSize }: LayersCell): number[] {
  return typeof stateSize === 'number' ? [stateSize] : [...stateSize];
}

/** The variable in which a weight keeps its value; null where it has none. */
export function variableOf(weight: LayersWeight): tf.Variable | null {
  const value: unknown = Reflect.get(weight, 'val');
  return value instanceof tf.Variable ? value : null;
}

/** Lets a weight keep its value somewhere else. */
export function setValue(weight: LayersWeight, value: tf.Tensor): void {
  Reflect.set(weight, 'val', value);
}

/**
 * Lets a cell, and the cells in a stack of them, draw the masks of dropout anew, and frees those that there are: `tf.layers`
 * keeps them in the cell, outside of any tidy, for a whole sequence.
 */
export function forgetDropoutMasks(cell: object): void {
  for (const key of ['dropoutMask', 'recurrentDropoutMask']) {
    if (!(key in cell)) continue;
    tf.dispose(Reflect.get(cell, key));
    Reflect.set(cell, key, null);
  }
  const inner: unknown = Reflect.get(cell, 'cells');
  if (Array.isArray(inner)) inner.forEach(forgetDropoutMasks);
}

/** The names of some weights, each without the name of the cell in front, made unique by `_1`, `_2`, …. */
export function namesOf(weights: readonly LayersWeight[]): string[] {
  const uses = new Map<string, number>();
  return weights.map(({ originalName }) => {
    const name = originalName.slice(originalName.lastIndexOf('/') + 1);
    const count = uses.get(name) ?? 0;
    uses.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}
