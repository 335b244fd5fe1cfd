import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Check, runChecks } from './check.ts';

const holds: Check = { name: 'holds', run: async () => 'two\nlines' };
const fails: Check = {
  name: 'fails',
  run: async () => {
    throw new Error('this is wrong');
  },
};

describe('runChecks', () => {
  const lines: string[] = [];

  beforeEach(() => {
    lines.length = 0;
    vi.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line.replace(/\(.* s\)/, '(…)')));
  });

  it('prints a line for each check and what was found', async () => {
    expect(await runChecks([holds])).toBe(true);
    expect(lines).toEqual(['PASS  holds (…)', '      two\n      lines', 'release check: 1 of 1 checks hold']);
  });

  it('goes on after a check that fails, and fails as a whole', async () => {
    expect(await runChecks([fails, holds])).toBe(false);
    expect(lines).toEqual([
      'FAIL  fails (…)',
      '      this is wrong',
      'PASS  holds (…)',
      '      two\n      lines',
      'release check: 1 of 2 checks hold',
    ]);
  });
});
