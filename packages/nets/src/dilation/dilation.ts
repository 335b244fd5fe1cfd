import {
  AbstractModule,
  type BuildParameters,
  checkInitializers,
  checkRegularizers,
  IncompatibleShapeError,
  type Initializer,
  initializers,
  type ModuleOptions,
  NotConnectedError,
  type Regularizer,
  required,
  ValueError,
} from '@sonnetjs/core';
import { Conv2D, type PerConvVariable } from '@sonnetjs/layers';
import * as tf from '@tensorflow/tfjs-core';
import { checkSizes } from '../check-sizes.ts';
import { identityKernelInitializer, noisyIdentityKernelInitializer } from './identity-kernels.ts';

/** How many channels the layers of a {@link Dilation} have. */
export type DilationModelSize = 'basic' | 'large';

/** Options of {@link Dilation}. */
export interface DilationOptions extends Pick<ModuleOptions, 'name'> {
  /**
   * Initializers for the weights `w` and biases `b` of all layers. By default the weights make the module give its inputs
   * (see {@link identityKernelInitializer} and, for the large model, {@link noisyIdentityKernelInitializer}), and biases are
   * zero.
   */
  readonly initializers?: PerConvVariable<Initializer> | null;
  /** Regularizers for `w` and `b` of all layers. Default: none. */
  readonly regularizers?: PerConvVariable<Regularizer> | null;
  /** Whether all layers have a channel a class, or more in the middle: `'basic'` or `'large'`. Default: `'basic'`. */
  readonly modelSize?: DilationModelSize;
}

/** The dilation rates of the layers. */
const RATES: readonly number[] = [1, 1, 2, 4, 8, 16, 1, 1];

/** How many times as many channels as classes the layers have. */
const CHANNELS: Readonly<Record<DilationModelSize, readonly number[]>> = {
  basic: [1, 1, 1, 1, 1, 1, 1, 1],
  large: [2, 2, 4, 8, 16, 32, 32, 1],
};

const WHERE = { moduleName: 'Dilation' };
const KEYS = ['w', 'b'];

/**
 * Eight convolutions, four of them dilated, that look at a wide surrounding of every pixel: to refine what another network
 * says of the class of each.
 *
 * With its default initializers it begins as the identity for inputs that are not negative. They need as many input channels
 * as classes; those of the large model, a multiple of them.
 *
 * Variables: `dilated_conv_conv1/w`, `dilated_conv_conv1/b`, …, `dilated_conv_conv8/b`.
 *
 * Sonnet: `snt.nets.Dilation`. Yu and Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions" (2016).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { Dilation } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const refine = new Dilation(2);
 * const scores = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2]);
 * assert.deepEqual([...refine(scores).dataSync()], [...scores.dataSync()]);
 * ```
 */
export class Dilation extends AbstractModule<[images: tf.Tensor], tf.Tensor> {
  static override readonly moduleName: string = 'dilation';
  static override readonly buildParameters: BuildParameters = { images: required };

  readonly #numOutputClasses: number;
  readonly #options: DilationOptions;
  #convs: readonly Conv2D[] | null = null;

  /**
   * @param numOutputClasses The number of classes.
   * @param options See {@link DilationOptions}.
   * @throws KeyError when `initializers` or `regularizers` has another key than `w` and `b`.
   * @throws TypeError when one of their entries is not a function.
   * @throws ValueError when `numOutputClasses` is not a positive integer, or the model size is not known.
   */
  constructor(numOutputClasses: number, options: DilationOptions = {}) {
    const { modelSize = 'basic' } = options;
    checkSizes('Dilation', { numOutputClasses });
    if (!Object.hasOwn(CHANNELS, modelSize)) {
      throw new ValueError(`Dilation: modelSize must be 'basic' or 'large'; got ${String(modelSize)}.`);
    }
    const checked = {
      initializers: checkInitializers(options.initializers, KEYS, WHERE),
      regularizers: checkRegularizers(options.regularizers, KEYS, WHERE),
    };
    super({ name: options.name ?? Dilation.moduleName });
    this.#numOutputClasses = numOutputClasses;
    this.#options = { ...options, ...checked, modelSize };
  }

  static override getPossibleInitializerKeys(): string[] {
    return [...KEYS];
  }

  /**
   * @param images float32 [batch, height, width, depth].
   * @returns float32 [batch, height, width, numOutputClasses]: a score for each class and pixel.
   * @throws IncompatibleShapeError when the images are not of rank 4.
   * @throws ValueError when the depth does not suit the initializers, or is another one than at the first connection.
   */
  protected override build(images: tf.Tensor): tf.Tensor {
    if (images.rank !== 4) {
      throw new IncompatibleShapeError(
        `${String(this)}: images must have rank 4, [batch, height, width, depth]; got ${images.rank} ` +
          `([${images.shape.join(', ')}]).`,
      );
    }
    const convs = (this.isConnected ? this.#convs : null) ?? this.#makeConvs();
    let net = images;
    convs.forEach((conv, i) => {
      net = i < convs.length - 1 ? tf.relu(conv(net)) : conv(net);
    });
    this.#convs = convs;
    return net;
  }

  /**
   * The eight convolutions.
   *
   * @throws NotConnectedError before the first connection.
   */
  get convModules(): readonly Conv2D[] {
    if (this.isConnected && this.#convs !== null) return this.#convs;
    throw new NotConnectedError(`${String(this)}: its layers are made at the first connection; call the module first.`);
  }

  #makeConvs(): readonly Conv2D[] {
    const { modelSize, regularizers } = this.#options;
    const factors = CHANNELS[modelSize as DilationModelSize];
    const given = this.#options.initializers ?? {};
    const w =
      modelSize === 'large' ? noisyIdentityKernelInitializer(this.#numOutputClasses) : identityKernelInitializer;
    return RATES.map((rate, i) => {
      const channels = (factors[i] as number) * this.#numOutputClasses;
      return new Conv2D(channels, 3, {
        rate,
        initializers: { w, b: initializers.zeros(), ...given },
        regularizers,
        name: `dilated_conv_conv${i + 1}`,
      });
    });
  }
}
