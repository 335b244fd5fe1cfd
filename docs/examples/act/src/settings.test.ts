import { OptionError } from '@sonnetjs/example-kit';
import { describe, expect, it } from 'vitest';
import { commandLine } from './settings.ts';

const { parse, usage } = commandLine;

describe('the command line', () => {
  it('has defaults for everything', () => {
    expect(parse([])).toMatchObject({ ponderCost: 0.001, maxSteps: 20, seed: 1, isFullRun: true });
    expect(parse([])?.out).toMatch(/act.out$/);
  });

  it('knows a full run by its options', () => {
    expect(parse(['--seed', '2', '--out', 'x'])?.isFullRun).toBe(true);
    expect(parse(['--ponder-cost', '0.01'])?.isFullRun).toBe(false);
  });

  it('reads every option, and lists it', () => {
    const values = ['steps=2', 'batch=3', 'size=4', 'hidden=5', 'ponder-cost=0.5', 'max-steps=6', 'seed=-7', 'out=x'];
    expect(parse(values.map((value) => `--${value}`))).toEqual({
      steps: 2,
      batch: 3,
      size: 4,
      hidden: 5,
      ponderCost: 0.5,
      maxSteps: 6,
      seed: -7,
      out: 'x',
      isFullRun: false,
    });
    expect(usage.match(/--[\w-]+/g)).toEqual([...values.map((value) => `--${value.split('=')[0]}`), '--help']);
    expect(parse(['--help'])).toBeNull();
  });

  it.each([
    [['--steps', '0'], '--steps must be an integer from 1 to 1000000000; got "0".'],
    [['--size', '1.5'], '--size must be an integer from 1 to 1000; got "1.5".'],
    [['--max-steps', '0'], '--max-steps must be an integer from 1 to 1000; got "0".'],
    [['--ponder-cost=-1'], '--ponder-cost must be a number from 0 to 1000; got "-1".'],
    [['--ponder-cost='], 'got ""'],
    [['--limit', '5'], "Unknown option '--limit'"],
  ])('refuses %j', (args, message) => {
    expect(() => parse(args)).toThrow(OptionError);
    expect(() => parse(args)).toThrow(message);
  });
});
