/** What is prepared: with or without what computes on GPUs. */
export type Flavor = 'cpu' | 'gpu';

export const flavors: readonly Flavor[] = ['cpu', 'gpu'];

/** TensorFlow as it comes from Python's package index, for Linux on x64. */
export interface Pin {
  /** The package of TensorFlow.js that is built on it. */
  readonly packageName: string;
  readonly wheel: string;
  readonly version: string;
  /** The SHA-256 of its wheel for Python 3.11; what is used of it has nothing to do with Python. */
  readonly sha256: string;
}

/**
 * The newest version whose C interface, headers and numbers tfjs-node 4.22 agrees with: from 2.18 on its `round` of integers
 * is 0.
 */
const version = '2.15.1';

export const pins: Readonly<Record<Flavor, Pin>> = {
  cpu: {
    packageName: '@tensorflow/tfjs-node',
    wheel: 'tensorflow-cpu',
    version,
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
  },
  gpu: {
    packageName: '@tensorflow/tfjs-node-gpu',
    wheel: 'tensorflow',
    version,
    sha256: 'bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4',
  },
};
