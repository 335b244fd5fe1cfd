import { AlexNet, type AlexNetVariantOptions } from './alex-net.ts';

/**
 * The original {@link AlexNet}, without batch normalization of its fully connected layers: for images of at least 195 × 195, with
 * outputs of size 4096.
 *
 * Sonnet: `snt.nets.AlexNetFull`. Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks" (2012).
 *
 * @example
 * ```ts
 * import { resetDefaultGraph } from '@sonnetjs/core';
 * import { AlexNetFull } from '@sonnetjs/nets';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const net = new AlexNetFull();
 * assert.equal(net.minInputSize, 195);
 * ```
 */
export class AlexNetFull extends AlexNet {
  static override readonly moduleName: string = 'alex_net_full';

  /**
   * @param options See {@link AlexNetVariantOptions}.
   * @throws KeyError when `initializers`, `partitioners` or `regularizers` has another key than `w` and `b`.
   * @throws TypeError when an entry of these objects is not a function.
   */
  constructor(options: AlexNetVariantOptions = {}) {
    super(AlexNet.FULL, { ...options, bnOnFcLayers: false, name: options.name ?? AlexNetFull.moduleName });
  }
}
