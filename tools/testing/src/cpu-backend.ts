/** Setup of every test file in node: tests start on the cpu backend. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('cpu');
// At its first use tfjs's cpu backend prints an advice to install tfjs-node.
(tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
