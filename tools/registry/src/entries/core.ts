import type { ModuleEntry } from '../entry.ts';

/** Module classes that no configuration in JSON can make, each with the reason. */
export const notInJson: Readonly<Record<string, string>> = {
  AbstractModule: 'is abstract',
  GridWarper: 'is abstract',
  Module: 'takes a function of the program',
  RNNCellWrapper: 'takes a cell object of another library; its own tests wrap several',
  RNNCore: 'is abstract',
};

/** The modules of `@sonnetjs/core`. */
export const coreModules: readonly ModuleEntry[] = [];
