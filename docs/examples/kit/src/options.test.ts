import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { OptionError } from './command-line.ts';
import { type ExampleSettings, parseOptions, usage } from './options.ts';

const settings: ExampleSettings = {
  summary: 'Reads digits.',
  epochs: 12,
  batch: 64,
  out: pathToFileURL('/examples/digits/out'),
};

describe('parseOptions', () => {
  it('has defaults for everything', () => {
    expect(parseOptions([], settings)).toMatchObject({ epochs: 12, batch: 64, seed: 1, limit: null });
    expect(parseOptions([], settings)?.out).toMatch(/digits.out$/);
  });

  it('reads every option', () => {
    const args = ['--epochs', '2', '--batch=10', '--seed=-3', '--limit', '50', '--out', 'pictures'];
    expect(parseOptions(args, settings)).toEqual({ epochs: 2, batch: 10, seed: -3, limit: 50, out: 'pictures' });
  });

  it('gives nothing when help is asked for', () => {
    expect(parseOptions(['--epochs', '2', '--help'], settings)).toBeNull();
  });

  it.each([
    [['--epochs', '0'], '--epochs must be an integer from 1 to 10000; got "0".'],
    [['--epochs', '1.5'], 'got "1.5"'],
    [['--epochs='], 'got ""'],
    [['--batch', 'x'], '--batch must be an integer from 1 to 10000; got "x".'],
    [['--seed', '1e99'], '--seed must be an integer; got "1e99".'],
    [['--limit', '9'], '--limit must be an integer from 10 to 10000; got "9".'],
    [['--limit', '10001'], 'got "10001"'],
    [['--epochs'], 'epochs'],
    [['--speed', '2'], "Unknown option '--speed'"],
    [['5'], "Unexpected argument '5'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args, settings)).toThrow(OptionError);
    expect(() => parseOptions(args, settings)).toThrow(message);
  });
});

describe('usage', () => {
  it('tells what the example does, and all options with their defaults', () => {
    const text = usage(settings);
    expect(text).toMatch(/^Reads digits\.\n\n/);
    expect(text.match(/--\w+/g)).toEqual(['--epochs', '--batch', '--seed', '--limit', '--out', '--help']);
    expect(text).toMatch(/default 12\).*default 64\)/s);
  });
});
