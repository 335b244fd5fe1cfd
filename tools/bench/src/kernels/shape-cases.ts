import type * as tf from '@tensorflow/tfjs-core';
import type { Tfjs } from '../stock/stock-tfjs.ts';
import type { Inputs, KernelCase } from './kernel-case.ts';

type Result = tf.Tensor | tf.Tensor[];

function ofMatrix(kernel: string, variant: string | null, run: (library: Tfjs, x: tf.Tensor2D) => Result): KernelCase {
  const make = (inputs: Inputs) => {
    const x = inputs.matrix();
    return () => inputs.tf.tidy(() => run(inputs.tf, x));
  };
  return variant === null ? { kernel, make } : { kernel, variant, make };
}

function ofImages(kernel: string, variant: string | null, run: (library: Tfjs, x: tf.Tensor4D) => Result): KernelCase {
  const make = (inputs: Inputs) => {
    const x = inputs.images();
    return () => inputs.tf.tidy(() => run(inputs.tf, x));
  };
  return variant === null ? { kernel, make } : { kernel, variant, make };
}

const half = (size: number): number => size / 2;

const ofMatrices: readonly KernelCase[] = [
  ofMatrix('Concat', 'rows', (t, x) => t.concat([x, x], 0)),
  ofMatrix('Concat', 'columns', (t, x) => t.concat([x, x], 1)),
  ofMatrix('ExpandDims', null, (t, x) => t.expandDims(x, 1)),
  ofMatrix('Identity', null, (t, x) => t.clone(x)),
  ofMatrix('MirrorPad', null, (t, x) =>
    t.mirrorPad(
      x,
      [
        [1, 1],
        [2, 2],
      ],
      'reflect',
    ),
  ),
  ofMatrix('Pack', null, (t, x) => t.stack([x, x], 1)),
  ofMatrix('PadV2', 'rows', (t, x) =>
    t.pad(x, [
      [1, 2],
      [0, 0],
    ]),
  ),
  ofMatrix('PadV2', 'columns', (t, x) =>
    t.pad(x, [
      [0, 0],
      [1, 2],
    ]),
  ),
  ofMatrix('Reshape', null, (t, x) => t.reshape(x, [-1])),
  ofMatrix('Reverse', 'first axis', (t, x) => t.reverse(x, 0)),
  ofMatrix('Reverse', 'last axis', (t, x) => t.reverse(x, 1)),
  ofMatrix('Slice', 'rows', (t, x) => t.slice(x, [1, 0], [half(x.shape[0]), -1])),
  ofMatrix('Slice', 'columns', (t, x) => t.slice(x, [0, 1], [-1, half(x.shape[1])])),
  ofMatrix('SplitV', 'rows', (t, x) => t.split(x, 4, 0)),
  ofMatrix('SplitV', 'columns', (t, x) => t.split(x, 4, 1)),
  ofMatrix('StridedSlice', null, (t, x) => t.stridedSlice(x, [0, 1], [x.shape[0], x.shape[1]], [1, 2])),
  ofMatrix('Tile', 'rows', (t, x) => t.tile(x, [2, 1])),
  ofMatrix('Tile', 'columns', (t, x) => t.tile(x, [1, 2])),
  ofMatrix('Transpose', '2-D', (t, x) => t.transpose(x)),
  ofMatrix('Unpack', null, (t, x) => t.unstack(t.reshape(x, [4, -1]))),
];

const ofBatches: readonly KernelCase[] = [
  ofImages('BatchToSpaceND', null, (t, x) => {
    const [batch, height, width, channels] = x.shape;
    const blocks = t.reshape(x, [4 * batch, half(height), half(width), channels]);
    return t.batchToSpaceND(
      blocks,
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    );
  }),
  ofImages('DepthToSpace', null, (t, x) => {
    const [batch, height, width, channels] = x.shape;
    return t.depthToSpace(t.reshape(x, [batch, half(height), half(width), 4 * channels]), 2);
  }),
  ofImages('FlipLeftRight', null, (t, x) => t.image.flipLeftRight(x)),
  ofImages('SpaceToBatchND', null, (t, x) =>
    t.spaceToBatchND(
      x,
      [2, 2],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  ),
  ofImages('Transpose', 'NHWC to NCHW', (t, x) => t.transpose(x, [0, 3, 1, 2])),
  ofImages('Transpose', 'first two axes', (t, x) => {
    const [batch, height, width, channels] = x.shape;
    return t.transpose(t.reshape(x, [batch * height, width, channels]), [1, 0, 2]);
  }),
];

/** Kernels that make their result from numbers. */
const fromNothing: readonly KernelCase[] = [
  {
    kernel: 'LinSpace',
    make:
      ({ tf, size }) =>
      () =>
        tf.linspace(0, 1, size),
  },
  {
    kernel: 'Range',
    make:
      ({ tf, size }) =>
      () =>
        tf.range(0, size),
  },
  {
    kernel: 'OneHot',
    make: (inputs) => {
      const depth = Math.min(inputs.side, 64);
      const indices = inputs.integers([inputs.size / depth], depth) as tf.Tensor1D;
      return () => inputs.tf.oneHot(indices, depth);
    },
  },
  {
    kernel: 'Diag',
    make: (inputs) => {
      const x = inputs.floats([inputs.side]);
      return () => inputs.tf.diag(x);
    },
  },
  {
    kernel: 'BroadcastArgs',
    make: (inputs) => {
      const [s0, s1] = [inputs.integers([1], 3), inputs.integers([1], 3)];
      return () => inputs.runKernel('BroadcastArgs', { s0, s1 });
    },
  },
];

/** Kernels that move elements without changing them. */
export const shapeCases: readonly KernelCase[] = [...ofMatrices, ...ofBatches, ...fromNothing];
