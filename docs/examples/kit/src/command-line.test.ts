import { describe, expect, it } from 'vitest';
import { integerOption, numberOption, OptionError, readOptions, seedOption } from './command-line.ts';

describe('readOptions', () => {
  it('gives what there is, by name', () => {
    expect({ ...readOptions(['--size', '3', '--help'], ['size', 'text']) }).toEqual({ size: '3', help: true });
  });

  it.each([
    [['--colour', 'red'], "Unknown option '--colour'"],
    [['--size'], "Option '--size <value>' argument missing"],
    [['red'], "Unexpected argument 'red'"],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args, ['size'])).toThrow(OptionError);
    expect(() => readOptions(args, ['size'])).toThrow(message);
  });
});

describe('values', () => {
  it('are numbers', () => {
    expect([integerOption('size', '12', 1, 99), numberOption('rate', '.5', 0, 1), seedOption('-7')]).toEqual([
      12, 0.5, -7,
    ]);
  });

  it('must be in their range', () => {
    expect(() => integerOption('size', '100', 1, 99)).toThrow('--size must be an integer from 1 to 99; got "100".');
    for (const given of ['2', '', 'NaN', 'x']) {
      expect(() => numberOption('rate', given, 0, 1)).toThrow(`--rate must be a number from 0 to 1; got "${given}".`);
    }
    expect(() => seedOption('1.5')).toThrow('--seed must be an integer; got "1.5".');
  });
});
