import { compareStructures } from './compare-structures.ts';

/** Options of the functions of {@link nest} that compare structures. */
export interface StructureOptions {
  /**
   * Whether the types of structures must match: arrays with arrays, plain objects with ones that have the same keys,
   * named tuples with ones of the same name and fields. Otherwise numbers of elements suffice. Default true.
   */
  readonly checkTypes?: boolean;
}

/**
 * Checks that two structures have the same shape. What the leaves are does not matter.
 *
 * @throws ValueError when they differ in a number of elements, in keys, or one has a leaf where the other has a structure;
 *   the message draws both and says where they first differ. Also when a structure contains itself.
 * @throws TypeError when they differ in the types of their structures.
 *
 * @example
 * ```ts
 * import { nest, ValueError } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * nest.assertSameStructure([1, { a: 2 }], ['x', { a: 'y' }]);
 * assert.throws(() => nest.assertSameStructure([1, [2]], [3, [4, 5]]), ValueError);
 * ```
 *
 * Sonnet: `snt.nest.assert_same_structure`.
 */
export function assertSameStructure(
  first: unknown,
  second: unknown,
  { checkTypes = true }: StructureOptions = {},
): void {
  compareStructures({
    functionName: 'assertSameStructure',
    first,
    second,
    labels: ['the first', 'the second'],
    checkTypes,
    shallow: false,
  });
}

/**
 * Checks that a structure has the shape of a shallower one, down to the leaves of that one.
 *
 * @throws TypeError when `shallow` has a structure where `input` has a leaf, or the types of structures differ.
 * @throws ValueError when a number of elements differs, or keys. Also when a structure contains itself.
 *
 * @example
 * ```ts
 * import { nest } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * nest.assertShallowStructure([0, 0], [[3], { a: 4 }]);
 * assert.throws(() => nest.assertShallowStructure([0, [0]], [3, 4]), TypeError);
 * ```
 *
 * Sonnet: `snt.nest.assert_shallow_structure`.
 */
export function assertShallowStructure(
  shallow: unknown,
  input: unknown,
  { checkTypes = true }: StructureOptions = {},
): void {
  compareStructures({
    functionName: 'assertShallowStructure',
    first: shallow,
    second: input,
    labels: ['the shallow structure', 'the input'],
    checkTypes,
    shallow: true,
  });
}
