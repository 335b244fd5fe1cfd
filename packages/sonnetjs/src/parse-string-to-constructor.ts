import * as core from '@sonnetjs/core';
import * as layers from '@sonnetjs/layers';
import * as nets from '@sonnetjs/nets';
import * as recurrent from '@sonnetjs/recurrent';
import * as spatial from '@sonnetjs/spatial';

/**
 * Finds a module class of Sonnet by its name, so that configurations can be written down as JSON.
 *
 * @param name The name of an export, such as `Linear`; what lies deeper needs the prefix: `snt.nets.MLP`.
 * @param namespace Where to look. Default: everything that this package exports.
 * @throws ValueError when there is no class of that name.
 *
 * Sonnet: `snt.parse_string_to_constructor`.
 *
 * @example
 * ```ts
 * import * as snt from 'sonnetjs';
 * import assert from 'node:assert';
 *
 * assert.equal(snt.parseStringToConstructor('snt.Linear'), snt.Linear);
 * ```
 */
export function parseStringToConstructor(
  name: string,
  namespace: object = { ...core, ...layers, ...recurrent, ...spatial, nets },
): new (
  ...args: never[]
) => object {
  return core.parseStringToConstructor(name, namespace);
}
