import { describe, expect, it } from 'vitest';
import { OptionError, parseOptions } from './options.ts';

describe('parseOptions', () => {
  it('has defaults for everything', () => {
    expect(parseOptions([])).toMatchObject({ epochs: 12, batch: 64, seed: 1, limit: null });
    expect(parseOptions([])?.out).toMatch(/mnist-mlp.out$/);
  });

  it('reads every option', () => {
    const args = ['--epochs', '2', '--batch=10', '--seed=-3', '--limit', '50', '--out', 'pictures'];
    expect(parseOptions(args)).toEqual({ epochs: 2, batch: 10, seed: -3, limit: 50, out: 'pictures' });
  });

  it('gives nothing when help is asked for', () => {
    expect(parseOptions(['--epochs', '2', '--help'])).toBeNull();
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
    expect(() => parseOptions(args)).toThrow(OptionError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});
