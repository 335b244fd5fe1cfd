import { AbstractModule } from '@sonnetjs/core';
import * as snt from 'sonnetjs';
import { coreModules, notInJson } from './entries/core.ts';
import { layersModules } from './entries/layers.ts';
import { netsModules } from './entries/nets.ts';
import { recurrentModules } from './entries/recurrent.ts';
import { spatialModules } from './entries/spatial.ts';
import type { ModuleEntry } from './entry.ts';

export { connect, construct, makeInputs, tensorsOf } from './construct.ts';
export type { InputArg, InputSpec, ModuleConfig, ModuleEntry } from './entry.ts';

/** Every module class of the project: how to construct it and what to call it with. */
export const registry: readonly ModuleEntry[] = [
  ...coreModules,
  ...layersModules,
  ...netsModules,
  ...recurrentModules,
  ...spatialModules,
];

/** The names of all exported module classes that can be constructed, from JSON, whether the registry has them or not. */
export function exportedModules(): string[] {
  return Object.entries(snt)
    .filter(([name, value]) => isModuleClass(value) && !Object.hasOwn(notInJson, name))
    .map(([name]) => name)
    .sort();
}

function isModuleClass(value: unknown): boolean {
  return typeof value === 'function' && value.prototype instanceof AbstractModule;
}
