import { expect, it } from 'vitest';
import type { SonnetSymbol } from './symbols.ts';
import { verify } from './verify.ts';

const layer = (fields: Partial<SonnetSymbol>): SonnetSymbol => ({
  name: 'X',
  kind: 'class',
  package: '@sonnetjs/layers',
  path: 'Linear',
  ...fields,
});

it('finds exports and members, and notices those that are not there', () => {
  const linear = layer({ members: ['__call__', 'w', 'get_possible_initializer_keys', 'build', 'no_such'] });
  const missing = layer({ name: 'Y', path: 'NoSuch' });
  const inner = layer({ name: 'Z', package: '@sonnetjs/core', path: 'nest.flatten', members: ['__call__'] });
  const type = layer({
    name: 'T',
    package: '@sonnetjs/core',
    path: 'Transposable',
    isType: true,
    members: ['transpose'],
  });
  const noType = layer({ name: 'N', package: '@sonnetjs/core', path: 'NoType', isType: true });
  const found = verify([linear, missing, inner, type, noType]);
  // What is protected is no member for users.
  expect(found.get(linear)).toEqual({ exists: true, missingMembers: ['build', 'noSuch'], inUmbrella: true });
  expect(found.get(missing)).toMatchObject({ exists: false, inUmbrella: false });
  // A function is no class of functions.
  expect(found.get(inner)).toEqual({ exists: true, missingMembers: ['call'], inUmbrella: true });
  expect(found.get(type)).toEqual({ exists: true, missingMembers: [], inUmbrella: true });
  expect(found.get(noType)).toMatchObject({ exists: false });
});
