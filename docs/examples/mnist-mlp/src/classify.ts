import * as tf from '@tensorflow/tfjs-core';
import type { Digits } from './data.ts';
import type { Classifier } from './model.ts';
import { toTensors } from './tensors.ts';

/** What the classifier takes each digit for. */
export async function classify(classifier: Classifier, digits: Digits): Promise<Int32Array> {
  const answers = tf.tidy(() => tf.argMax(classifier(toTensors(digits).images), -1));
  const values = await answers.data<'int32'>();
  answers.dispose();
  return values;
}
