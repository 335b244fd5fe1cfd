import * as core from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { AssignedVariables } from './assigned-variables.ts';
import { type Case, type GradientRecord, stepPaths } from './case-format.ts';
import type { Comparison } from './compare.ts';
import { Interpreter } from './interpreter.ts';
import { goldenName } from './tensorflow-functions.ts';
import { makeTensor } from './tensors.ts';
import { toleranceOf } from './tolerances.ts';

/**
 * Compares the gradients of `sum(leaf * cotangent)` by variables and inputs. It runs the case in the graph that is the
 * default one, with the case's values in the variables at every step: updates of a step do not reach the next one.
 */
export function compareGradients(
  item: Case,
  record: GradientRecord,
  variables: AssignedVariables,
  comparison: Comparison,
): void {
  const sources = new Map<string, tf.Tensor>();
  // The list grows while the function runs: variables exist only from their first connection on.
  const xs: tf.Tensor[] = [tf.scalar(0)];
  const watch = (name: string, tensor: tf.Tensor): void => {
    if (!(name in record.wrt)) return;
    sources.set(name, tensor);
    xs.push(tensor);
  };
  const { grads } = tf.engine().gradients(() => lossOf(item, record, variables, watch), xs, undefined, true);
  const gradients = new Map(xs.map((x, index) => [x, grads[index]]));
  const tolerance = toleranceOf(item, 'gradients');
  for (const [name, expected] of Object.entries(record.wrt)) {
    const source = sources.get(name);
    const got = source === undefined ? undefined : gradients.get(source);
    const path = `gradients.wrt[${JSON.stringify(name)}]`;
    if (source === undefined) comparison.add(path, 'a variable or an input', 'nothing of this name');
    else if (expected !== null) comparison.tensor(path, expected, got, tolerance);
    else if (got !== undefined && got !== null) comparison.add(path, null, got);
  }
}

function lossOf(
  item: Case,
  record: GradientRecord,
  variables: AssignedVariables,
  watch: (name: string, tensor: tf.Tensor) => void,
): tf.Tensor {
  const results = new Map<string, unknown>();
  const interpreter = new Interpreter({
    onInput: watch,
    afterStep: (path, _, result) => {
      results.set(path, result);
      variables.restore();
    },
  });
  variables.whileAssigning(
    (variable) => watch(goldenName(variable), variable),
    () => interpreter.run(item),
  );
  const leaves = core.nest.flatten(
    results.get(stepPaths(item.calls ?? [], 'calls')[record.of.call] ?? '') as never,
  ) as unknown[];
  const leaf = leaves[record.of.leaf];
  if (!(leaf instanceof tf.Tensor))
    throw new Error(`gradients.of: leaf ${record.of.leaf} of the step is not a tensor.`);
  return tf.sum(tf.mul(leaf, makeTensor(record.cotangent)));
}
