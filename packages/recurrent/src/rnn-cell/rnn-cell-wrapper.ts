import {
  addToCollection,
  type BuildParameters,
  GraphKeys,
  getVariable,
  type ModuleOptions,
  required,
  toSnakeCase,
  ValueError,
} from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkStateTensor, checkVectors, noState } from '../check-tensors.ts';
import { RNNCore } from '../rnn-core.ts';
import {
  forgetDropoutMasks,
  isLayersCell,
  type LayersCell,
  type LayersCellConstructor,
  namesOf,
  setValue,
  stateSizesOf,
  variableOf,
} from './layers-cell.ts';

/** A class that {@link wrapRnnCellClass} made. */
export interface RNNCellWrapperClass<Args extends readonly unknown[]> {
  /** Takes the arguments of the cell; an object of options at their end may also hold `name` and `customGetter`. */
  new (...args: Args): RNNCellWrapper;
  /** The name of the class. */
  readonly name: string;
}

/**
 * A core that lets a recurrent cell of `tf.layers` do the work.
 *
 * The cell is taken by its structure, so this package does not need `@tensorflow/tfjs-layers`. The first connection builds it,
 * and moves its weights, with the values that the cell's own initializers gave them, into variables of the graph: they have
 * the cell's names, `lstm_cell/kernel`, are trained and saved like all others, and are freed with the graph. What its
 * regularizers add to the loss is in the collection of regularization losses. Constraints of the cell have no effect.
 *
 * The state is an array of tensors, of one tensor where the cell has a single state. Options of a call go to the cell:
 * `{ training: true }` switches its dropout on, which draws from tfjs's own random numbers.
 *
 * Sonnet: `snt.RNNCellWrapper`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph, variableName } from '@sonnetjs/core';
 * import { dynamicRnn, RNNCellWrapper } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const core = new RNNCellWrapper(tf.layers.lstmCell, { units: 8 });
 * const [outputs] = dynamicRnn(core, tf.ones([2, 5, 3]));
 * assert.deepEqual(outputs.shape, [2, 5, 8]);
 * assert.deepEqual(core.variables.map(variableName), [
 *   'lstm_cell/bias',
 *   'lstm_cell/kernel',
 *   'lstm_cell/recurrent_kernel',
 * ]);
 * ```
 */
export class RNNCellWrapper extends RNNCore<tf.Tensor, tf.Tensor[], tf.Tensor, readonly tf.Tensor[], object> {
  static override readonly moduleName: string = 'rnn_cell_wrapper';
  static override readonly buildParameters?: BuildParameters = { inputs: required, prevState: required };

  readonly #makeCell: () => LayersCell;
  #cell: LayersCell;
  #isBuilt = false;

  /**
   * @param cellCtor A class of cells, or a function that makes one, such as `tf.layers.lstmCell`.
   * @param args What the cell is made with. An object at their end may also hold `name`, which goes to the cell too, and
   *   `customGetter`, which does not.
   * @throws TypeError when `cellCtor` is not a function, or does not make a cell.
   */
  constructor(cellCtor: LayersCellConstructor<never[]>, ...args: readonly unknown[]) {
    const { name = null, customGetter = null, cellArgs } = divideArguments(args);
    const makeCell = (): LayersCell => construct(cellCtor, cellArgs);
    const cell = makeCell();
    super({ name: name ?? nameOf(cell), customGetter });
    this.#makeCell = makeCell;
    this.#cell = cell;
    // As in Sonnet, which makes the cell inside the scope: name scopes of connections are counted from 1.
    this.enterVariableScope(() => undefined);
  }

  /**
   * @param inputs float32 [batchSize, inputSize].
   * @param prevState An array of tensors [batchSize, size], one for each of the cell's states.
   * @param options What goes to the cell, such as `{ training: true }`.
   * @returns `[output, nextState]`: what the cell gives.
   * @throws TypeError when a weight of the cell keeps its value in another way than those of `tf.layers` do.
   * @throws ValueError when the inputs have the wrong rank or dtype; when the state is missing, or has another structure,
   *   shape or dtype.
   */
  protected override build(
    inputs: tf.Tensor,
    prevState: readonly tf.Tensor[],
    options: object = {},
  ): [output: tf.Tensor, nextState: tf.Tensor[]] {
    const [batchSize, inputSize] = checkVectors(this, inputs);
    this.#checkState(prevState, batchSize);
    if (this.isConnected) this.#useVariables();
    else this.#adopt([batchSize, inputSize]);
    const results = this.#callCell([inputs, ...prevState], options);
    const [output, ...nextState] = Array.isArray(results) ? results : [results];
    if (output !== undefined && nextState.length === prevState.length) return [output, nextState];
    throw new ValueError(
      `${String(this)}: the cell must give an output and ${prevState.length} states; got ${nextState.length} states.`,
    );
  }

  override get stateSize(): number[][] {
    return stateSizesOf(this.#cell).map((size) => [size]);
  }

  override get outputSize(): number[] {
    return [stateSizesOf(this.#cell)[0] ?? 0];
  }

  #callCell(inputs: tf.Tensor[], options: object): tf.Tensor | tf.Tensor[] {
    forgetDropoutMasks(this.#cell);
    try {
      return this.#cell.call(inputs, options);
    } finally {
      forgetDropoutMasks(this.#cell);
    }
  }

  /** Builds the cell, and moves its weights into variables of the graph. */
  #adopt(inputShape: number[]): void {
    // What a connection made that was taken back is gone, and the cell of no use any more.
    if (this.#isBuilt) this.#cell = this.#makeCell();
    this.#isBuilt = true;
    const cell = this.#cell;
    const own: tf.Variable[] = [];
    try {
      cell.build(inputShape);
      const names = namesOf(cell.weights);
      cell.weights.forEach((weight, i) => {
        const value = variableOf(weight);
        if (value === null) {
          throw new TypeError(
            `${String(this)}: weight "${weight.originalName}" of the cell does not keep its value in a variable \`val\`, ` +
              'as those of tf.layers do.',
          );
        }
        own.push(value);
        const { shape, dtype } = value;
        const { trainable } = weight;
        const initializer = (): tf.Tensor => tf.clone(value as tf.Tensor);
        setValue(weight, getVariable(names[i] as string, { shape, dtype, trainable, initializer }));
      });
    } finally {
      for (const variable of own) variable.dispose();
    }
    (cell.losses ?? []).forEach((loss, i) => {
      const name = `${this.scopeName}/Regularizer_${i}`;
      addToCollection(GraphKeys.REGULARIZATION_LOSSES, { name, loss: () => tf.tidy(loss) });
    });
  }

  /** Lets the cell use what `getVariable` gives now: with a custom getter that is something else at each connection. */
  #useVariables(): void {
    const { weights } = this.#cell;
    const names = namesOf(weights);
    weights.forEach((weight, i) => {
      setValue(weight, getVariable(names[i] as string));
    });
  }

  #checkState(prevState: unknown, batchSize: number): void {
    const sizes = stateSizesOf(this.#cell);
    if (!Array.isArray(prevState) || prevState.length !== sizes.length) {
      throw noState(this, `the previous state must be an array of ${sizes.length} tensors`, prevState);
    }
    sizes.forEach((size, i) => {
      checkStateTensor(this, `prevState[${i}]`, prevState[i], [batchSize, size]);
    });
  }
}

/**
 * Makes a class of cores of a class of recurrent cells of `tf.layers`.
 *
 * @param wrappedClass A class of cells, or a function that makes one, such as `tf.layers.lstmCell`.
 * @returns A class like {@link RNNCellWrapper} whose constructor takes the arguments of the cell.
 * @throws TypeError when `wrappedClass` is not a function.
 *
 * Sonnet: `snt.wrap_rnn_cell_class`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { DeepRNN, dynamicRnn, wrapRnnCellClass } from '@sonnetjs/recurrent';
 * import * as tf from '@tensorflow/tfjs';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const LayersGRU = wrapRnnCellClass(tf.layers.gruCell);
 * const deep = new DeepRNN([new LayersGRU({ units: 8 }), new LayersGRU({ units: 4, name: 'top' })]);
 * assert.deepEqual(dynamicRnn(deep, tf.ones([2, 5, 3]))[0].shape, [2, 5, 12]);
 * ```
 */
export function wrapRnnCellClass<Args extends readonly unknown[]>(
  wrappedClass: LayersCellConstructor<Args>,
): RNNCellWrapperClass<Args> {
  checkConstructor(wrappedClass);
  const Wrapper = class extends RNNCellWrapper {
    constructor(...args: readonly unknown[]) {
      super(wrappedClass as unknown as LayersCellConstructor<never[]>, ...args);
    }
  };
  Object.defineProperty(Wrapper, 'name', { value: wrappedClass.name });
  return Wrapper as unknown as RNNCellWrapperClass<Args>;
}

function checkConstructor(cellCtor: unknown): void {
  if (typeof cellCtor === 'function') return;
  throw new TypeError(
    `RNNCellWrapper: expected a class of cells, or a function that makes one, such as tf.layers.lstmCell; ` +
      `got ${String(cellCtor)}.`,
  );
}

function construct(cellCtor: unknown, args: readonly unknown[]): LayersCell {
  checkConstructor(cellCtor);
  const fn = cellCtor as ((...args: readonly unknown[]) => unknown) & (new (...args: readonly unknown[]) => unknown);
  // The prototype of a class cannot be replaced, that of a function can.
  const isClass = Object.getOwnPropertyDescriptor(fn, 'prototype')?.writable === false;
  const cell = isClass ? new fn(...args) : fn(...args);
  if (isLayersCell(cell)) return cell;
  throw new TypeError(
    `RNNCellWrapper: what ${fn.name} made is no recurrent cell of tf.layers: it must have a stateSize, and methods build ` +
      `and call; got ${String(cell)}.`,
  );
}

/** The name and the custom getter in an object at the end of some arguments, and the arguments for the cell. */
function divideArguments(args: readonly unknown[]): ModuleOptions & { readonly cellArgs: readonly unknown[] } {
  const last = args.at(-1);
  if (typeof last !== 'object' || last === null || Object.getPrototypeOf(last) !== Object.prototype) {
    return { cellArgs: args };
  }
  const { customGetter = null, ...rest } = last as ModuleOptions;
  return { name: rest.name ?? null, customGetter, cellArgs: [...args.slice(0, -1), rest] };
}

function nameOf(cell: LayersCell): string {
  return toSnakeCase(cell.getClassName?.() ?? cell.constructor.name);
}
