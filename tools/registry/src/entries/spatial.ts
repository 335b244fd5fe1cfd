import { type ModuleEntry, tensor } from '../entry.ts';

const constraints = [
  [null, 0.1, null],
  [0, null, 0.5],
];

/** The modules of `@sonnetjs/spatial`. `GridWarper` is abstract: it belongs to `abstractModules` in core.ts. */
export const spatialModules: readonly ModuleEntry[] = [
  {
    name: 'AffineGridWarper',
    package: '@sonnetjs/spatial',
    config: { module: 'AffineGridWarper', args: [[4, 5], [3, 2], { constraints }] },
    inputs: [tensor(2, 3)],
  },
];
