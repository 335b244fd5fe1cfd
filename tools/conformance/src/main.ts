import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cpu } from '@sonnetjs/backend-cpu';
import { node } from '@sonnetjs/backend-node';
import { wasm } from '@sonnetjs/backend-wasm';
import { type Backend, useBackend } from '@sonnetjs/core';
import { preparedTensorFlow } from '@sonnetjs/native-tensorflow';
import { OWN_CASES, readCases } from './cases.ts';
import { report } from './report.ts';
import { runCase } from './run-cases.ts';

const USAGE = `Usage: conformance [DIR] [--backend cpu|wasm|node] [--case SUBSTRING] [--class NAME] [--json FILE]

Runs the golden cases of a folder against the built packages.
  DIR        a folder of *.json files, each an array of cases; default: the cases of this project
  --backend  cpu (default), wasm or node
  --case     only cases whose id contains this text
  --class    only cases of this class: a file's name without .json
  --json     also writes the result of every case to this file`;

const BACKENDS: Readonly<Record<string, () => Backend>> = {
  cpu: () => cpu(),
  node: () => node({ from: preparedTensorFlow('cpu') }),
  wasm: () => wasm(),
};

interface Options {
  readonly backend: string;
  readonly case?: string;
  readonly class?: string;
  readonly json?: string;
  readonly help?: boolean;
}

/** What the command line says, or null when it cannot be understood. */
function readCommandLine(): ReturnType<typeof parse> | null {
  try {
    return parse();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return null;
  }
}

function parse(): { values: Options; positionals: string[] } {
  return parseArgs({
    allowPositionals: true,
    options: {
      backend: { type: 'string', default: 'cpu' },
      case: { type: 'string' },
      class: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

async function main(): Promise<number> {
  const { values, positionals } = readCommandLine() ?? { values: { backend: 'none' } as Options, positionals: [] };
  const backend = BACKENDS[values.backend];
  if (values.help === true || positionals.length > 1 || backend === undefined) {
    console.log(USAGE);
    return values.help === true ? 0 : 1;
  }
  // Where pnpm runs the command in the workspace's root, a relative folder means one of where the user stands.
  const folder = positionals[0] === undefined ? OWN_CASES : resolve(process.env.INIT_CWD ?? '.', positionals[0]);
  const cases = readCases(folder);
  const chosen = cases.filter(
    (item) => item.id.includes(values.case ?? '') && (values.class === undefined || item.class === values.class),
  );
  await useBackend(backend());
  console.log(`${chosen.length} cases of ${folder} on ${values.backend}`);
  const results = chosen.map(runCase);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results, null, 1));
  const { lines, ok } = report(results, chosen.length === cases.length);
  for (const line of lines) console.log(line);
  return ok && chosen.length > 0 ? 0 : 1;
}

process.exitCode = await main();
