import { type ModuleEntry, tensor } from '../entry.ts';

const PACKAGE = '@sonnetjs/nets';

/** The modules of `@sonnetjs/nets`. */
export const netsModules: readonly ModuleEntry[] = [
  {
    name: 'MLP',
    package: PACKAGE,
    config: { module: 'snt.nets.MLP', args: [[4, 2], { activation: { fn: 'tanh' } }] },
    inputs: [tensor(3, 5)],
  },
];
