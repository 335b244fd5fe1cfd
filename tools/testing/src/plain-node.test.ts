import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runPlainNode } from './plain-node.ts';

function program(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'sonnetjs-test-')), 'program.mjs');
  writeFileSync(file, text);
  return file;
}

it('runs a file with its arguments and gives what it printed', async () => {
  const file = program('console.log(process.argv.slice(2).join()); console.error("hm"); process.exitCode = 3;');
  expect(await runPlainNode(file, ['a', 'b'])).toEqual({ code: 3, stdout: 'a,b\n', stderr: 'hm\n' });
});

it('hands on no conditions and no options of the test runner', async () => {
  const file = program('console.log(process.execArgv.length, process.env.VITEST, process.env.NODE_OPTIONS);');
  expect((await runPlainNode(file)).stdout).toBe('0 undefined undefined\n');
});
