import { describe, expect, it } from 'vitest';
import { ValueError } from '../errors.ts';
import { parseStringToConstructor } from './parse-string-to-constructor.ts';

class Linear {}
class MLP {}
const namespace = { Linear, nets: { MLP }, version: '1' };

describe('parseStringToConstructor', () => {
  it.each([
    ['Linear', Linear],
    ['snt.Linear', Linear],
    ['sonnet.Linear', Linear],
    ['snt.nets.MLP', MLP],
  ])('finds %s', (name, found) => {
    expect(parseStringToConstructor(name, namespace)).toBe(found);
  });

  it.each(['Foo', 'snt.nets.Foo', 'snt.Linear.name', 'nets.MLP', 'foo.Linear', 'version', 'toString', 'snt.', ''])(
    'does not find %j',
    (name) => {
      expect(() => parseStringToConstructor(name, namespace)).toThrow(ValueError);
    },
  );

  it('says where it looked', () => {
    expect(() => parseStringToConstructor('snt.Foo', namespace)).toThrow(
      'could not find `snt.Foo`, after normalizing to `sonnet.Foo`',
    );
  });

  it('refuses what is no string', () => {
    expect(() => parseStringToConstructor(3 as unknown as string, namespace)).toThrow(
      'parseStringToConstructor: expected a name; got 3 (number).',
    );
  });
});
