import { AlexNet, type AlexNetVariantOptions } from './alex-net.ts';

/**
 * A small {@link AlexNet}, without batch normalization of its fully connected layers: for images of at least 17 × 17, with
 * outputs of size 1024.
 *
 * Sonnet: `snt.nets.AlexNetMini`.
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { AlexNetMini } from '@sonnetjs/nets';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-backend-cpu';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const net = new AlexNetMini();
 * assert.deepEqual(net(tf.ones([1, 17, 20, 3])).shape, [1, 1024]);
 * ```
 */
export class AlexNetMini extends AlexNet {
  static override readonly moduleName: string = 'alex_net_mini';

  /**
   * @param options See {@link AlexNetVariantOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and `b`.
   * @throws TypeError when an entry of these objects is not a function.
   */
  constructor(options: AlexNetVariantOptions = {}) {
    super(AlexNet.MINI, { ...options, bnOnFcLayers: false, name: options.name ?? AlexNetMini.moduleName });
  }
}
