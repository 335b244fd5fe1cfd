import { OptionError } from '@sonnetjs/example-kit';
import { describe, expect, it } from 'vitest';
import { commandLine } from './settings.ts';

const { parse, usage } = commandLine;

describe('the command line', () => {
  it('has defaults for everything, and a full run then', () => {
    expect(parse([])).toMatchObject({ text: null, save: null, seed: 1, isFullRun: true });
    expect(parse([])?.out).toMatch(/char-model.out$/);
    expect(parse(['--seed', '3', '--save', 'runs'])?.isFullRun).toBe(true);
  });

  it('reads every option', () => {
    const args =
      '--text t --steps 2 --hidden 3 --layers 4 --batch 5 --unroll 6 --seed 7 --save s --every 8 --sample 9 --temperature .5 --out o';
    expect(parse(args.split(' '))).toEqual({
      text: 't',
      end: { steps: 2 },
      hidden: 3,
      layers: 4,
      batch: 5,
      unroll: 6,
      seed: 7,
      save: 's',
      every: 8,
      sample: 9,
      temperature: 0.5,
      out: 'o',
      isFullRun: false,
    });
    expect(parse(['--minutes', '1.5'])).toMatchObject({ end: { minutes: 1.5 }, isFullRun: false });
  });

  it('explains every option', () => {
    expect(parse(['--help'])).toBeNull();
    const options = 'text steps minutes hidden layers batch unroll seed save every sample temperature out help';
    expect(usage.match(/^ {2}--\w+/gm)).toEqual(options.split(' ').map((name) => `  --${name}`));
  });

  it.each([
    [['--steps', '0'], '--steps must be an integer from 1 to 1000000000; got "0".'],
    [['--minutes', '0'], '--minutes must be a number from 0.01 to 1000000; got "0".'],
    [['--temperature', 'hot'], '--temperature must be a number from 0.01 to 100; got "hot".'],
    [['--hidden', '1.5'], '--hidden must be an integer from 1 to 10000; got "1.5".'],
    [['--steps', '3', '--minutes', '1'], 'Give either --steps or --minutes'],
    [['--colour'], "Unknown option '--colour'"],
    [['book.txt'], "Unexpected argument 'book.txt'"],
  ])('refuses %j', (args, message) => {
    expect(() => parse(args)).toThrow(OptionError);
    expect(() => parse(args)).toThrow(message);
  });
});
