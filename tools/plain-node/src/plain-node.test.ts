import { beforeAll, describe, expect, it } from 'vitest';
import { collectSuites, type Suite } from './collect.ts';
import { compile, type Messages } from './compile.ts';
import type { Program } from './program.ts';
import { runSuite } from './run-suite.ts';

const folder = new URL('../.generated/', import.meta.url);
const suites = collectSuites(new URL('../../../', import.meta.url));

let messages: Messages;

beforeAll(async () => {
  messages = await compile(
    suites.flatMap(({ programs }) => programs),
    folder,
  );
}, 60_000);

describe.concurrent.each(suites)('$source', { timeout: 60_000 }, (suite) => {
  let results: Promise<Map<Program, string | null>> | undefined;

  it.for(suite.programs.map((program) => ({ program, line: program.line })))('line $line', async ({ program }) => {
    expect(messages.get(program) ?? '').toBe('');
    results ??= runSuite(suite satisfies Suite, folder);
    expect((await results).get(program) ?? '').toBe('');
  });
});
