import { AbstractModule } from '@sonnetjs/core';
import * as snt from 'sonnetjs';
import { abstractModules, coreModules } from './entries/core.ts';
import { layersModules } from './entries/layers.ts';
import { netsModules } from './entries/nets.ts';
import { spatialModules } from './entries/spatial.ts';
import type { ModuleEntry } from './entry.ts';

export { connect, construct, makeInputs, tensorsOf } from './construct.ts';
export type { InputArg, InputSpec, ModuleConfig, ModuleEntry } from './entry.ts';

/** Every module class of the project: how to construct it and what to call it with. */
export const registry: readonly ModuleEntry[] = [...coreModules, ...layersModules, ...netsModules, ...spatialModules];

/** The names of all exported module classes that can be constructed, whether the registry has them or not. */
export function exportedModules(): string[] {
  return Object.entries(snt)
    .filter(([name, value]) => isModuleClass(value) && !abstractModules.has(name))
    .map(([name]) => name)
    .sort();
}

function isModuleClass(value: unknown): boolean {
  return typeof value === 'function' && value.prototype instanceof AbstractModule;
}
