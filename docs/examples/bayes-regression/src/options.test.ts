import { OptionError } from '@sonnetjs/example-kit';
import { describe, expect, it } from 'vitest';
import { commandLine } from './options.ts';

const { parse, usage } = commandLine;

describe('the command line', () => {
  it('has defaults for everything', () => {
    expect(parse([])).toMatchObject({ steps: 3000, seed: 1 });
    expect(parse([])?.out).toMatch(/bayes-regression.out$/);
  });

  it('reads every option', () => {
    expect(parse(['--steps', '10', '--seed=-3', '--out', 'pictures'])).toEqual({
      steps: 10,
      seed: -3,
      out: 'pictures',
    });
  });

  it('gives nothing when help is asked for, which names all options', () => {
    expect(parse(['--help'])).toBeNull();
    expect(usage.match(/--\w+/g)).toEqual(['--steps', '--seed', '--out', '--help']);
    expect(usage).toMatch(/default 3000\).*default 1\)/s);
  });

  it.each([
    [['--steps', '0'], '--steps must be an integer from 1 to 1000000; got "0".'],
    [['--steps', 'many'], 'got "many"'],
    [['--seed', '0.5'], '--seed must be an integer; got "0.5".'],
    [['--epochs', '2'], "Unknown option '--epochs'"],
    [['--out'], 'out'],
    [['5'], "Unexpected argument '5'"],
  ])('refuses %j', (args, message) => {
    expect(() => parse(args)).toThrow(OptionError);
    expect(() => parse(args)).toThrow(message);
  });
});
