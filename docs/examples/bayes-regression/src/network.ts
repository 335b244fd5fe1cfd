import {
  analyticKlBuilder,
  bayesByBackpropGetter,
  type DistributionBuilder,
  diagonalGaussianPosteriorBuilder,
  Normal,
  scaleVariableInitializer,
} from '@sonnetjs/bayes';
import { AbstractModule, type CustomGetter } from '@sonnetjs/core';
import { MLP } from '@sonnetjs/nets';
import * as tf from '@tensorflow/tfjs-core';

/** What a network expects, in standardized units: a normal distribution for each car. */
export interface Outlook {
  /** float32 [batch, 1]. */
  readonly means: tf.Tensor;
  /** Standard deviations: float32 [batch, 1]. */
  readonly noises: tf.Tensor;
}

/** Expects a normal distribution of miles per gallon for a horsepower, float32 [batch, 1]; both standardized. */
export class Network extends AbstractModule<[inputs: tf.Tensor], Outlook> {
  static override readonly moduleName: string = 'network';

  protected override build(inputs: tf.Tensor): Outlook {
    const mlp = new MLP([16, 16, 2], { name: 'mlp' });
    const [means, raw] = tf.split(mlp(inputs), 2, 1) as [tf.Tensor, tf.Tensor];
    // No noise at all would make a single car infinitely likely.
    return { means, noises: tf.add(tf.softplus(raw), 0.01) };
  }
}

/** How little a network expected the truth: the mean of `-log(density)` over a batch. */
export function surprise({ means, noises }: Outlook, targets: tf.Tensor): tf.Tensor {
  return tf.neg(tf.mean(new Normal(means, noises).logProb(targets)));
}

/** At first the weights of all networks that are drawn are much the same: so the mean finds its place early. */
const posteriorBuilder: DistributionBuilder = (getter, name, args) =>
  diagonalGaussianPosteriorBuilder(
    (variable, request) =>
      getter(
        variable,
        variable.endsWith('_scale') ? { ...request, initializer: scaleVariableInitializer(0.05) } : request,
      ),
    name,
    args,
  );

/** Makes each weight of a network a normal distribution, which is learned; before anything is seen all are standard ones. */
export function distributionsForWeights(): CustomGetter {
  return bayesByBackpropGetter({
    posteriorBuilder,
    priorBuilder: () => new Normal(0, 1),
    klBuilder: analyticKlBuilder,
  });
}
