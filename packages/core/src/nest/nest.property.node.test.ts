import assert from 'node:assert';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as nest from './index.ts';
import { namedTuple } from './named-tuple.ts';

const Pair = namedTuple('Pair', ['second', 'first']);

/** Structures of integers, of all kinds, with awkward keys among the others. */
const { structure } = fc.letrec<{ structure: unknown }>((tie) => ({
  structure: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer(),
    fc.array(tie('structure'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', '10', '9')), tie('structure'), {
      maxKeys: 4,
    }),
    fc.tuple(tie('structure'), tie('structure')).map(([a, b]) => new Pair(a, b)),
  ),
}));

/** The leaves by the definition. */
function leavesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (value instanceof Pair) return [...leavesOf(value.second), ...leavesOf(value.first)];
  if (typeof value !== 'object' || value === null) return [value];
  return Object.keys(value)
    .sort()
    .flatMap((key) => leavesOf((value as Record<string, unknown>)[key]));
}

const property = (check: (value: unknown) => void): void => {
  fc.assert(fc.property(structure, check), { seed: 20190613, numRuns: 500 });
};

describe('nest, for any structure', () => {
  it('flattens by the definition', () => {
    property((value) => assert.deepStrictEqual(nest.flatten(value), leavesOf(value)));
  });

  it('packs the leaves back into an equal structure', () => {
    property((value) => {
      const packed = nest.packSequenceAs(value, nest.flatten(value));
      assert.deepStrictEqual(packed, value);
      if (nest.isSequence(value)) expect(packed).not.toBe(value);
    });
  });

  it('flattens what it packed', () => {
    property((value) => {
      const items = leavesOf(value).map((_, i) => `item ${i}`);
      assert.deepStrictEqual(nest.flatten<unknown>(nest.packSequenceAs(value, items)), items);
    });
  });

  it('maps as it flattens and packs', () => {
    property((value) => {
      const mapped = nest.map((x) => `<${x}>`, value);
      assert.deepStrictEqual(
        nest.flatten<unknown>(mapped),
        leavesOf(value).map((x) => `<${x}>`),
      );
      nest.assertSameStructure(value, mapped);
      assert.deepStrictEqual(
        nest.map((x, y) => [x, y], value, mapped),
        nest.map((x) => [x, `<${x}>`], value),
      );
    });
  });

  it('flattens and maps up to a shallower structure', () => {
    property((value) => {
      const deeper = nest.map((x) => [x, { again: x }], value);
      nest.assertShallowStructure(value, deeper);
      assert.deepStrictEqual(
        nest.flattenUpTo(value, deeper),
        leavesOf(value).map((x) => [x, { again: x }]),
      );
      assert.deepStrictEqual(
        nest.mapUpTo(value, (part) => (part as unknown[])[0], deeper),
        value,
      );
      if (leavesOf(value).length > 0) expect(() => nest.assertSameStructure(value, deeper)).toThrow('same structure');
    });
  });
});
