import { type CustomGetter, type GetVariableArgs, getVariableScope, ValueError } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { diagonalGaussianPosteriorBuilder } from './diagonal-gaussian-posterior-builder.ts';
import {
  type BuiltDistribution,
  buildDistribution,
  type DistributionBuilder,
  type VariableRequest,
} from './distribution.ts';
import { Estimate } from './estimate.ts';
import { EstimatorModes, readMode, type SamplingMode } from './estimator-modes.ts';
import { fixedGaussianPriorBuilder } from './fixed-gaussian-prior-builder.ts';
import { type KlBuilder, stochasticKlBuilder } from './kl-builders.ts';
import { findMetadata, registerMetadata, VariableMetadata } from './variable-metadata.ts';

/** Options of {@link bayesByBackpropGetter}. */
export interface BayesByBackpropOptions {
  /** Makes the posterior of a variable. Default: {@link diagonalGaussianPosteriorBuilder}. */
  readonly posteriorBuilder?: DistributionBuilder;
  /** Makes the prior of a variable. Default: {@link fixedGaussianPriorBuilder}. */
  readonly priorBuilder?: DistributionBuilder;
  /** Computes the cost of a variable. Default: {@link stochasticKlBuilder}. */
  readonly klBuilder?: KlBuilder;
  /**
   * How values are taken from posteriors, see {@link EstimatorModes}: a mode, a function that gives it, or a scalar string
   * tensor, which is read back at every connection, so that the call cannot be compiled. Default: `EstimatorModes.sample`.
   */
  readonly samplingModeTensor?: SamplingMode | null;
  /**
   * Whether every connection draws its own noise. With `false` connections share it: all those inside one computation of
   * gradients, which begins with new noise; and outside of gradients all that follow each other, until
   * {@link renewSharedNoise} or the next gradient. Default: true.
   */
  readonly freshNoisePerConnection?: boolean;
  /**
   * Whether the steps of an unrolled recurrent core (`dynamicRnn`) draw noise of their own, where they ask for their
   * weights one by one. By default one draw holds for the whole sequence.
   */
  readonly keepControlDependencies?: boolean;
}

/** {@link BayesByBackpropOptions} with their defaults. */
type Settings = Required<BayesByBackpropOptions> & { readonly samplingModeTensor: SamplingMode };

/**
 * Makes a custom getter by which a distribution over each variable is learned in the place of its value: Bayes by Backprop.
 *
 * Give it to a module, or to `variableScope`. Every trainable variable then has a posterior and a prior, and each
 * connection works with a value taken from the posterior. Train with {@link getTotalKlCost} added to the loss.
 *
 * Variables that are not trainable stay as they are. Noise comes from the graph's seed. Reading a module's property, such
 * as `linear.w`, gives the value of the latest connection.
 *
 * @param options See {@link BayesByBackpropOptions}.
 * @returns The custom getter. It throws ValueError for a trainable variable that is not float32, for a mode that does not
 *   exist, and for a posterior that is not reparameterized; TypeError when a builder does not return a distribution.
 * @throws TypeError when a builder is not a function.
 *
 * Sonnet: `snt.custom_getters.bayes_by_backprop.bayes_by_backprop_getter`. Blundell et al., "Weight Uncertainty in Neural
 * Networks" (2015); Fortunato et al., "Bayesian Recurrent Neural Networks" (2017).
 *
 * @example
 * ```ts
 * import { analyticKlBuilder, bayesByBackpropGetter, getTotalKlCost, Normal } from '@sonnetjs/bayes';
 * import { minimize, resetDefaultGraph } from '@sonnetjs/core';
 * import { Linear } from '@sonnetjs/layers';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph({ seed: 1 });
 * const customGetter = bayesByBackpropGetter({ priorBuilder: () => new Normal(0, 1), klBuilder: analyticKlBuilder });
 * const model = new Linear(1, { customGetter });
 * const [x, y] = [tf.tensor2d([[1], [2], [3]]), tf.tensor2d([[2], [4], [6]])];
 * const optimizer = tf.train.adam(0.1);
 * for (let step = 0; step < 20; step++) {
 *   minimize(optimizer, () => {
 *     const error = tf.sum(tf.square(tf.sub(model(x), y)));
 *     return tf.add(error, getTotalKlCost());
 *   });
 * }
 * assert.notDeepEqual(model(x).dataSync(), model(x).dataSync()); // every connection is another random network
 * ```
 */
export function bayesByBackpropGetter(options: BayesByBackpropOptions = {}): CustomGetter {
  const settings = complete(options);
  const estimates = new WeakMap<VariableMetadata, Estimate>();
  return (getter, name, args) => {
    if (args.trainable === false) return getter(name, args);
    checkDtype(name, args);
    const mode = readMode(settings.samplingModeTensor, `Bayes by Backprop "${name}"`);
    return tf.tidy(() => {
      const known = findMetadata(name);
      const request = { getter, name, args: { ...args, shape: args.shape ?? known?.rawVariableShape ?? null } };
      const { distribution: posterior } = buildPosterior(settings, request);
      const knownEstimate = known === undefined ? undefined : estimates.get(known);
      const estimate = knownEstimate ?? new Estimate(name, settings);
      if (known === undefined) buildDistribution(settings.priorBuilder, request, 'prior');
      // A module asks without a shape when it reads what it has, not when it is connected.
      const isRead = args.shape == null && estimate.exists;
      const value = isRead ? estimate.again(posterior) : estimate.take(posterior, mode);
      checkShape(request, value);
      if (knownEstimate === undefined) {
        const metadata = known ?? register(settings, request, estimate, value.shape);
        estimates.set(metadata, estimate);
      }
      return value;
    });
  };
}

function complete(options: BayesByBackpropOptions): Settings {
  const settings: Settings = {
    posteriorBuilder: options.posteriorBuilder ?? diagonalGaussianPosteriorBuilder,
    priorBuilder: options.priorBuilder ?? fixedGaussianPriorBuilder,
    klBuilder: options.klBuilder ?? stochasticKlBuilder,
    samplingModeTensor: options.samplingModeTensor ?? EstimatorModes.sample,
    freshNoisePerConnection: options.freshNoisePerConnection ?? true,
    keepControlDependencies: options.keepControlDependencies ?? false,
  };
  for (const key of ['posteriorBuilder', 'priorBuilder', 'klBuilder'] as const) {
    if (typeof settings[key] === 'function') continue;
    throw new TypeError(`bayesByBackpropGetter: ${key} must be a function; got ${String(settings[key])}.`);
  }
  return settings;
}

function checkDtype(name: string, { dtype }: GetVariableArgs): void {
  if (dtype === null || dtype === undefined || dtype === 'float32') return;
  throw new ValueError(
    `Bayes by Backprop "${name}": disallowed data type ${dtype}: only float32 variables have a posterior. Ask for it with ` +
      'trainable: false, or outside of the custom getter.',
  );
}

function buildPosterior(settings: Settings, request: VariableRequest): BuiltDistribution {
  const built = buildDistribution(settings.posteriorBuilder, request, 'posterior');
  if (built.distribution.isReparameterized) return built;
  throw new ValueError(
    `Bayes by Backprop "${request.name}": the distribution ${built.distribution.constructor.name} is incompatible with it: ` +
      'its samples are not differentiable functions of its parameters (isReparameterized).',
  );
}

function checkShape({ name, args }: VariableRequest, value: tf.Tensor): void {
  if (args.shape == null || args.shape.join() === value.shape.join()) return;
  throw new ValueError(
    `Bayes by Backprop "${name}": the posterior gives values of shape [${value.shape.join(', ')}], but the variable has ` +
      `[${args.shape.join(', ')}].`,
  );
}

/** Lists a variable, with functions that compute from its variables after the connection. */
function register(
  settings: Settings,
  { getter, name, args }: VariableRequest,
  estimate: Estimate,
  shape: readonly number[],
): VariableMetadata {
  const request: VariableRequest = { getter, name, args: { ...args, reuse: true } };
  const metadata = new VariableMetadata({
    name,
    shape,
    scopeName: getVariableScope().name,
    buildPosterior: () => buildPosterior(settings, request),
    buildPrior: () => buildDistribution(settings.priorBuilder, request, 'prior'),
    klBuilder: settings.klBuilder,
    estimate: (posterior) => estimate.again(posterior),
  });
  registerMetadata(metadata);
  return metadata;
}
