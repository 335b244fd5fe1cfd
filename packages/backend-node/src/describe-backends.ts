import { findUsable } from './installation/find-usable.ts';
import { findInstallation } from './installation/installation.ts';
import { packagesFor } from './installation/package-names.ts';
import type { Problem } from './installation/problem.ts';
import { tryOut } from './probe.ts';

/** Options of {@link describeBackends}. */
export interface DescribeBackendsOptions {
  /** Where the packages of TensorFlow.js are imported from: as in {@link node}. */
  readonly from?: string | URL;
  /** Gets each line. Default: `console.info`. */
  readonly writer?: (line: string) => void;
}

/** What is known about one of the backends of this package. */
export interface BackendDescription {
  readonly name: 'node-gpu' | 'node';
  readonly works: boolean;
  /** What is installed for it, and which TensorFlow came with that. */
  readonly found: readonly string[];
  /** What it needs. */
  readonly needed: string;
  /** What is wrong, and what to do about it. Absent where it works. */
  readonly problem?: { readonly reason: string; readonly remedy: string };
}

const needed: Readonly<Record<BackendDescription['name'], string>> = {
  'node-gpu':
    '@tensorflow/tfjs-node-gpu 4.22 with its native module, an NVIDIA GPU with its driver, and CUDA and cuDNN of the ' +
    'versions that its TensorFlow asks for',
  node: '@tensorflow/tfjs-node 4.22 with its native module (or @tensorflow/tfjs-node-gpu, on the CPU)',
};

/**
 * Finds out which of the backends of this package can run here, and prints for each what was found, what is needed and what
 * to do. TensorFlow is tried in processes of its own: this one loads nothing. `npx @sonnetjs/backend-node doctor` does the
 * same.
 *
 * @param options `from`, and `writer`, which gets each line.
 * @returns The same as data.
 *
 * @example
 * ```ts
 * import assert from 'node:assert';
 * import { describeBackends } from '@sonnetjs/backend-node';
 *
 * const lines: string[] = [];
 * const [gpu, cpu] = await describeBackends({ writer: (line) => lines.push(line) });
 * assert.deepEqual([gpu?.name, cpu?.name], ['node-gpu', 'node']);
 * assert.equal(cpu?.works, cpu?.problem === undefined);
 * ```
 */
export async function describeBackends(options: DescribeBackendsOptions = {}): Promise<BackendDescription[]> {
  const { from, writer = console.info } = options;
  writer(`Node ${process.versions.node} on ${process.platform} ${process.arch}`);
  const descriptions: BackendDescription[] = [];
  for (const gpu of [true, false]) {
    const description = await describe(gpu, from);
    for (const line of linesOf(description)) writer(line);
    descriptions.push(description);
  }
  return descriptions;
}

async function describe(gpu: boolean, from: string | URL | undefined): Promise<BackendDescription> {
  const name = gpu ? 'node-gpu' : 'node';
  const found = packagesFor(gpu).flatMap((packageName) => {
    const { installation } = findInstallation(packageName, from);
    return installation === undefined ? [] : [`${packageName} ${installation.version} in ${installation.folder}`];
  });
  const fails = (problem: Problem): BackendDescription => ({
    name,
    works: false,
    found,
    needed: needed[name],
    problem,
  });
  const { installation, problem } = findUsable({ gpu, from });
  if (problem !== undefined) return fails(problem);
  const trial = await tryOut(installation, gpu);
  if (!trial.works) return fails(trial.problem);
  const tensorflow = `TensorFlow ${trial.tensorflow}, on ${gpu ? 'a GPU' : 'the CPU'}`;
  return { name, works: true, found: [...found, tensorflow], needed: needed[name] };
}

function linesOf({ name, works, found, needed: need, problem }: BackendDescription): string[] {
  const list = found.length === 0 ? ['nothing'] : found;
  return [
    '',
    `${name} ${works ? 'works' : 'cannot run'} here`,
    ...list.map((item, i) => `  ${i === 0 ? 'found: ' : '       '} ${item}`),
    `  needed: ${need}`,
    ...(problem === undefined ? [] : [`  wrong:  ${problem.reason}`, `  to do:  ${problem.remedy}`]),
  ];
}
