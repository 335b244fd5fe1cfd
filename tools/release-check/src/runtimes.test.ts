import { expect, it } from 'vitest';
import { versionOf, whyMissing } from './runtimes.ts';

it('reads the version of a runtime, and finds none of one that is not installed', async () => {
  expect(await versionOf({ name: 'node', command: [process.execPath] })).toBe(process.versions.node);
  expect(await versionOf({ name: 'other', command: ['/nowhere/other'] })).toBeUndefined();
});

it('says why a runtime is not there', () => {
  const bun = { name: 'bun', command: ['bun'] } as const;
  const skipped = 'info: bun@1.4.5 is an optional dependency that could not be resolved.';
  expect(whyMissing(bun, ['info: deno@2 is an optional dependency', skipped, 'Done'])).toBe(skipped);
  expect(whyMissing(bun, ['Progress', 'ERR_FAILED no registry', 'at line 3'])).toBe('ERR_FAILED no registry');
});
