import { expect, it } from 'vitest';
import { runTrials } from './trials.ts';

const works = { name: 'a', run: async () => 'works' };
const fails = {
  name: 'b',
  run: async () => {
    throw new Error('it is broken');
  },
};

it('gives a line for each trial', async () => {
  expect(await runTrials([works, { ...works, name: 'b' }])).toBe('a: works\nb: works');
});

it('goes on after a trial that fails, and fails as a whole', async () => {
  await expect(runTrials([fails, works])).rejects.toThrow('b: FAILED: it is broken\na: works');
});
