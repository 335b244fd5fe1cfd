import { AbstractModule, type Graph, getDefaultGraph, graphConstant, SonnetError, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';

/** What a grid warper computes grids from: tensors, numbers, and null where there is nothing to compute. */
export type GridFeature = tf.Tensor | number | null;

let instanceCount = 0;

/**
 * The class of all grid warpers: modules that transform a regular grid of points into points in a source, by a model whose
 * parameters are their inputs. What a {@link resampler} finds in the source at these points is the warped signal.
 *
 * A grid warper of your own defines `createFeatures`, which makes what is the same at every connection, and `build`, which
 * gets it as {@link psi}.
 *
 * Shapes are those of the domains, without batch and channels: [height, width] of an image.
 *
 * Sonnet: `snt.GridWarper`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { type GridFeature, GridWarper } from '@sonnetjs/spatial';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * // Moves the points of a row of pixels by a number of pixels, its input.
 * class Shift extends GridWarper {
 *   constructor(length: number, options: { name?: string } = {}) {
 *     super([length], [length], 1, options.name ?? 'shift');
 *   }
 *
 *   protected createFeatures(): GridFeature[] {
 *     return [tf.range(0, this.outputShape[0] ?? 0)];
 *   }
 *
 *   protected build(inputs: tf.Tensor): tf.Tensor {
 *     return tf.expandDims(tf.add(inputs, this.psi[0] as tf.Tensor), 2);
 *   }
 * }
 *
 * resetDefaultGraph();
 * const grid = new Shift(3)(tf.tensor2d([[0.5], [-1]]));
 * assert.deepEqual(grid.arraySync(), [[[0.5], [1.5], [2.5]], [[-1], [0], [1]]]);
 * ```
 */
export abstract class GridWarper<
  FeatureOptions extends object = object,
  Args extends readonly unknown[] = [inputs: tf.Tensor],
> extends AbstractModule<Args, tf.Tensor> {
  readonly #sourceShape: readonly number[];
  readonly #outputShape: readonly number[];
  readonly #numCoeff: number;
  readonly #featureOptions: FeatureOptions;
  readonly #key: string = `grid_warper ${instanceCount++}`;
  readonly #features: WeakMap<Graph, readonly GridFeature[]> = new WeakMap();

  /**
   * @param sourceShape The size of the source domain: [height, width] of the image from which is sampled.
   * @param outputShape The size of the output domain: [height, width] of the warped image.
   * @param numCoeff The number of parameters of the model, those that are fixed included.
   * @param name The name of the module.
   * @param featureOptions What `createFeatures` gets.
   * @throws SonnetError when the output domain has more dimensions than the source domain.
   * @throws TypeError when a shape is not iterable, or a method is missing.
   * @throws ValueError when a size or `numCoeff` is not a positive integer.
   */
  constructor(
    sourceShape: Iterable<number>,
    outputShape: Iterable<number>,
    numCoeff: number,
    name: string,
    featureOptions: FeatureOptions = {} as FeatureOptions,
  ) {
    const { name: className, prototype } = new.target;
    const missing = ['createFeatures', 'build'].filter((method) => !(method in prototype));
    if (missing.length > 0) {
      throw new TypeError(`${className} is abstract: make a subclass that has the methods ${missing.join(' and ')}.`);
    }
    const source = readShape(sourceShape, `${className}: sourceShape`);
    const output = readShape(outputShape, `${className}: outputShape`);
    checkDimensions(source, output, className);
    if (!Number.isSafeInteger(numCoeff) || numCoeff < 1) {
      throw new ValueError(`${className}: numCoeff must be a positive integer; got ${String(numCoeff)}.`);
    }
    super({ name });
    this.#sourceShape = source;
    this.#outputShape = output;
    this.#numCoeff = numCoeff;
    this.#featureOptions = featureOptions;
  }

  /**
   * Makes what `build` needs at every connection. Called when {@link psi} is first read; the graph keeps the tensors.
   *
   * @param options What the constructor got.
   */
  protected abstract createFeatures(options: FeatureOptions): readonly GridFeature[];

  /** The number of parameters of the model, those that are fixed included: 6 for affine transformations of the plane. */
  get nCoeff(): number {
    return this.#numCoeff;
  }

  /** What `createFeatures` made. The tensors belong to the graph: do not dispose them. */
  get psi(): readonly GridFeature[] {
    const graph = this.graph ?? getDefaultGraph();
    const known = this.#features.get(graph);
    if (known?.every((feature) => !(feature instanceof tf.Tensor) || !feature.isDisposed)) return known;
    const make = (): GridFeature[] =>
      this.createFeatures(this.#featureOptions).map((feature, i) => this.#keep(feature, i));
    const features = graph.asDefault(() => tf.tidy(make as () => tf.TensorContainer) as readonly GridFeature[]);
    this.#features.set(graph, features);
    return features;
  }

  /** The size of the source domain. */
  get sourceShape(): readonly number[] {
    return this.#sourceShape;
  }

  /** The size of the output domain. */
  get outputShape(): readonly number[] {
    return this.#outputShape;
  }

  #keep(feature: GridFeature, index: number): GridFeature {
    if (!(feature instanceof tf.Tensor)) return feature;
    return graphConstant(`${this.#key}/psi/${index}`, () => feature);
  }
}

/**
 * @throws SonnetError when an output domain has more dimensions than the source domain.
 */
export function checkDimensions(source: readonly number[], output: readonly number[], where: string): void {
  if (output.length <= source.length) return;
  throw new SonnetError(
    `${where}: the dimensionality of the output domain (${output.length}) must be equal to or smaller than that of the ` +
      `source domain (${source.length}); got outputShape [${output.join(', ')}] and sourceShape [${source.join(', ')}].`,
  );
}

/**
 * The sizes of a domain.
 *
 * @throws TypeError when they are not iterable.
 * @throws ValueError when one is not a positive integer, or there is none.
 */
export function readShape(shape: Iterable<number>, where: string): readonly number[] {
  if (typeof shape !== 'object' || typeof shape?.[Symbol.iterator] !== 'function') {
    throw new TypeError(`${where} must be iterable, such as [28, 28]; got ${String(shape)} (${typeof shape}).`);
  }
  const sizes = Object.freeze([...shape]);
  if (sizes.length > 0 && sizes.every((size) => Number.isSafeInteger(size) && size > 0)) return sizes;
  throw new ValueError(`${where} must be one or more positive integers; got [${sizes.join(', ')}].`);
}
