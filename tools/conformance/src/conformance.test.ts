import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preparedTensorFlow } from '@sonnetjs/native-tensorflow';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CaseResult } from './run-cases.ts';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const files = readdirSync(new URL('../cases/golden', import.meta.url))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

/** Files of which something must have run: all that they are about exists. */
const FINISHED = [
  'BatchFlatten',
  'Linear',
  'Module',
  'Sequential',
  'TrainableVariable',
  'base',
  'clip_gradient',
  'custom_getters',
  'initializers',
  'merge_leading_dims',
  'naming',
  'nest',
  'observe_connections',
  'scale_gradient',
  'util',
];

/** Runs the built runner in plain node. */
function run(backend: string): {
  readonly results: CaseResult[];
  readonly stdout: string;
  readonly status: number | null;
} {
  if (!existsSync(main)) throw new Error('The runner is not built: run `pnpm build` first.');
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  try {
    const json = join(folder, 'results.json');
    const { stdout, stderr, status } = spawnSync(process.execPath, [main, '--backend', backend, '--json', json], {
      encoding: 'utf8',
    });
    if (!existsSync(json)) throw new Error(`The runner wrote no results.\n${stdout}\n${stderr}`);
    return { results: JSON.parse(readFileSync(json, 'utf8')), stdout, status };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const backends = ['cpu', 'wasm', ...(preparedTensorFlow('cpu') === undefined ? [] : ['node'])];

describe.each(backends)('the golden cases on %s', (backend) => {
  let outcome: ReturnType<typeof run>;
  const of = (file: string): CaseResult[] => outcome.results.filter(({ id }) => id.startsWith(`${file}/`));

  beforeAll(() => {
    outcome = run(backend);
  }, 300_000);

  it.each(files)('%s', (file) => {
    const failed = of(file).filter(({ status }) => status === 'failed');
    expect(failed.map(({ id, differences }) => ({ id, differences }))).toEqual([]);
  });

  it.each(FINISHED)('%s runs', (file) => {
    expect(of(file).filter(({ status }) => status === 'passed').length).toBeGreaterThan(0);
  });

  it('closes with the totals of all cases', () => {
    const count = (status: string): number => outcome.results.filter((result) => result.status === status).length;
    const totals = `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
    expect(outcome.stdout.trimEnd().split('\n').at(-1)).toBe(totals);
    expect(outcome.results.length).toBe(896);
    expect(outcome.status).toBe(0);
  });
});
