import { OptionError } from '@sonnetjs/example-kit';
import { describe, expect, it } from 'vitest';
import { commandLine } from './settings.ts';

const { parse, usage } = commandLine;

describe('the command line', () => {
  it('has defaults for everything', () => {
    expect(parse([])).toMatchObject({ seed: 1, isFullRun: true });
    expect(parse([])?.out).toMatch(/nth-farthest.out$/);
  });

  it('knows a full run by its options', () => {
    expect(parse(['--seed', '2', '--out', 'x'])?.isFullRun).toBe(true);
    expect(parse(['--dims', '3'])?.isFullRun).toBe(false);
  });

  it('reads every option, and lists it', () => {
    const values = [
      'steps=2',
      'batch=3',
      'objects=8',
      'dims=16',
      'slots=4',
      'heads=5',
      'head-size=6',
      'lstm=7',
      'seed=-8',
      'out=x',
    ];
    expect(parse(values.map((value) => `--${value}`))).toEqual({
      steps: 2,
      batch: 3,
      world: { objects: 8, dims: 16 },
      memory: { slots: 4, heads: 5, headSize: 6 },
      lstm: { hidden: 7 },
      seed: -8,
      out: 'x',
      isFullRun: false,
    });
    expect(usage.match(/--[\w-]+/g)).toEqual([...values.map((value) => `--${value.split('=')[0]}`), '--help']);
    expect(parse(['--help'])).toBeNull();
  });

  it.each([
    [['--objects', '1'], '--objects must be an integer from 2 to 100; got "1".'],
    [['--dims', '0'], '--dims must be an integer from 1 to 1000; got "0".'],
    [['--head-size', 'big'], '--head-size must be an integer from 1 to 1000; got "big".'],
    [['--seed', '0.5'], '--seed must be an integer; got "0.5".'],
    [['--limit', '5'], "Unknown option '--limit'"],
  ])('refuses %j', (args, message) => {
    expect(() => parse(args)).toThrow(OptionError);
    expect(() => parse(args)).toThrow(message);
  });
});
