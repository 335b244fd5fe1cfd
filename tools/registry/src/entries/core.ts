import type { ModuleEntry } from '../entry.ts';

/** Classes that are exported and are modules, but that only their subclasses or a function can make. */
export const abstractModules: ReadonlySet<string> = new Set(['AbstractModule', 'Module', 'GridWarper', 'RNNCore']);

/** The modules of `@sonnetjs/core`. */
export const coreModules: readonly ModuleEntry[] = [];
