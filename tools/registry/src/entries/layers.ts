import { type ModuleEntry, tensor } from '../entry.ts';

const PACKAGE = '@sonnetjs/layers';

/** The modules of `@sonnetjs/layers`. */
export const layersModules: readonly ModuleEntry[] = [
  { name: 'Linear', package: PACKAGE, config: { module: 'Linear', args: [3] }, inputs: [tensor(4, 5)] },
  {
    name: 'Sequential',
    package: PACKAGE,
    config: {
      module: 'Sequential',
      args: [[{ module: 'Linear', args: [4] }, { fn: 'tanh' }, { module: 'Linear', args: [2] }]],
    },
    inputs: [tensor(3, 5)],
  },
  {
    name: 'TrainableVariable',
    package: PACKAGE,
    config: { module: 'TrainableVariable', args: [[2, 3]] },
    inputs: [],
  },
  {
    name: 'BatchReshape',
    package: PACKAGE,
    config: { module: 'BatchReshape', args: [[2, -1]] },
    inputs: [tensor(3, 4, 2)],
  },
  { name: 'BatchFlatten', package: PACKAGE, config: { module: 'BatchFlatten' }, inputs: [tensor(3, 4, 2)] },
];
