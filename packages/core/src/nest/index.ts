export { assertSameStructure, assertShallowStructure, type StructureOptions } from './assert-structure.ts';
export { flattenIterable, isIterable, packIterableAs, withDeprecationWarning } from './deprecated-names.ts';
export { flatten, isSequence } from './flatten.ts';
export { flattenDictItems } from './flatten-dict-items.ts';
export { map } from './map.ts';
export { packSequenceAs } from './pack.ts';
export type { Leaf, LeavesOf, LeavesUpTo, MapLeaves, Nested } from './structure-types.ts';
export { flattenUpTo, mapUpTo } from './up-to.ts';
