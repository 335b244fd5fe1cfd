import * as tf from '@tensorflow/tfjs-core';

/** What {@link recordAndDifferentiate} gives: the value, and a gradient or null for each variable. */
export interface Differentiated {
  readonly value: tf.Tensor;
  readonly variables: readonly tf.Variable[];
  readonly gradients: readonly (tf.Tensor | null)[];
}

/**
 * Runs a function on tfjs's tape, then asks which variables there are, then differentiates by them.
 *
 * tfjs's `variableGrads` wants the list before the function has run, when the variables of a model that was never
 * connected do not exist. The engine itself reads its list only after the function has run: it is filled by then.
 *
 * @param fn Computes the value, a new tensor.
 * @param listVariables Gives the variables; called once, after `fn`.
 */
export function recordAndDifferentiate(
  fn: () => tf.Tensor,
  listVariables: () => readonly tf.Variable[],
): Differentiated {
  const engine = tf.engine();
  const isOutermost = engine.state.gradientDepth === 0;
  // The engine refuses an empty list before it runs the function.
  const placeholder = tf.scalar(0);
  const sources: tf.Tensor[] = [placeholder];
  let variables: readonly tf.Variable[] = [];
  let result: tf.Tensor | null = null;
  try {
    const { value, grads } = engine.gradients(
      () => {
        result = fn();
        variables = listVariables();
        sources.push(...variables);
        return result;
      },
      sources,
      undefined,
      true,
    );
    return { value, variables, gradients: variables.map((_, i) => grads[i + 1] ?? null) };
  } catch (error) {
    tf.dispose(result ?? []);
    if (isOutermost) releaseTape();
    throw error;
  } finally {
    placeholder.dispose();
  }
}

/** Frees what a tape saved for a backward pass that will not take place: tfjs only does so after a successful one. */
function releaseTape(): void {
  const { state } = tf.engine();
  for (const node of state.activeTape ?? []) for (const tensor of node.saved ?? []) tensor.dispose();
  state.activeTape = [];
}
