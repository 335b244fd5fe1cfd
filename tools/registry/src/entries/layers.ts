import { type InputArg, type Json, type ModuleConfig, type ModuleEntry, tensor } from '../entry.ts';

/** A module of `@sonnetjs/layers`. */
function layer(
  name: string,
  args: readonly Json[],
  inputs: readonly InputArg[],
  more: Partial<ModuleEntry> = {},
): ModuleEntry {
  return { name, package: '@sonnetjs/layers', config: { module: name, args }, inputs, ...more };
}

const linear: ModuleConfig = { module: 'Linear', args: [3] };
const training: InputArg = { json: { isTraining: true } };

/** The modules of `@sonnetjs/layers`. */
export const layersModules: readonly ModuleEntry[] = [
  layer('AddBias', [{ initializers: { b: { call: 'initializers.constant', args: [0.5] } } }], [tensor(3, 4)]),
  layer('AttentiveRead', [{ module: 'Linear', args: [1] }], [tensor(2, 3, 4), tensor(2, 5)]),
  layer('BatchApply', [linear], [tensor(2, 3, 4)]),
  layer('BatchFlatten', [], [tensor(3, 4, 2)]),
  layer('BatchNorm', [{ scale: true }], [tensor(5, 3), training]),
  layer('BatchNormV2', [], [tensor(5, 3), training]),
  layer('BatchReshape', [[2, -1]], [tensor(3, 4, 2)]),
  layer('BlockDiagonalMatrix', [[2, 3], 2], [tensor(4, 12)], { golden: ['block_matrix'] }),
  layer('BlockTriangularMatrix', [[2, 2], 3], [tensor(4, 24)], { golden: ['block_matrix'] }),
  layer('CausalConv1D', [3, 2, { rate: 2 }], [tensor(2, 6, 2)], { warns: true }),
  layer('ConcatLinear', [3], [{ list: [tensor(2, 3), tensor(2, 4)] }]),
  layer('Conv1D', [3, 3], [tensor(2, 6, 2)]),
  layer('Conv1DTranspose', [3, { kernelShape: 3, stride: 2 }], [tensor(2, 4, 2)]),
  layer('Conv2D', [3, 3, { stride: 2 }], [tensor(2, 5, 5, 2)]),
  layer('Conv2DTranspose', [3, { kernelShape: 3, stride: 2 }], [tensor(2, 3, 3, 2)]),
  layer('Conv3D', [2, 2], [tensor(1, 3, 3, 3, 2)]),
  layer('Conv3DTranspose', [2, { kernelShape: 2, stride: 2 }], [tensor(1, 2, 2, 2, 2)]),
  layer('DepthwiseConv2D', [2, 3], [tensor(2, 4, 4, 2)]),
  layer('Embed', [{ vocabSize: 7, embedDim: 3 }], [{ tensor: { shape: [4], dtype: 'int32', values: [1, 0, 6, 1] } }]),
  layer('FlattenTrailingDimensions', [2], [tensor(2, 3, 4, 2)]),
  layer('InPlaneConv2D', [3], [tensor(2, 4, 4, 2)]),
  layer('LayerNorm', [], [tensor(4, 5)]),
  layer('Linear', [3], [tensor(4, 5)]),
  layer('MergeDims', [1, 2], [tensor(2, 3, 4)]),
  layer('MovingAverage', [], [tensor(3)], {
    except: { gradient: 'a call changes what the next call returns, and lets the whole gradient through by design' },
  }),
  layer('Residual', [{ module: 'Linear', args: [4] }], [tensor(3, 4)]),
  layer('SelectInput', [[1, 0]], [tensor(2, 3), tensor(4)]),
  layer('SeparableConv1D', [3, 2, 3], [tensor(2, 5, 2)]),
  layer('SeparableConv2D', [3, 2, 3], [tensor(2, 4, 4, 2)]),
  layer(
    'Sequential',
    [[{ module: 'Linear', args: [4] }, { fn: 'tanh' }, { module: 'Linear', args: [2] }]],
    [tensor(3, 5)],
  ),
  layer('SliceByDim', [[1], [1], [2]], [tensor(2, 4)]),
  layer('TileByDim', [[1], [2]], [tensor(2, 4)]),
  layer('TrainableVariable', [[2, 3]], []),
];
