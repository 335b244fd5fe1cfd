/**
 * Compares our safetensors files with those of Hugging Face's own library, byte for byte and in both directions:
 * `node compare-with-python.ts [FILES] [SEED]`. Needs Python with pip, and installs the library into a folder of its own.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cpu } from '@sonnetjs/backend-cpu';
import { getVariable, initializers, minimize, useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { getSaver, parseSafetensors, type SafetensorsInput, serializeSafetensors } from '../src/index.ts';
import { itemSizes } from '../src/values/stored-tensor.ts';
import { Dice } from './mutate.ts';

const run = promisify(execFile);

/** In versions that have wheels for Python 3.11 and later. */
const packages = ['safetensors==0.8.0', 'numpy==2.4.6', 'ml_dtypes==0.6.0'];
/** Where there is no index of packages, pip gives up soon. */
const pipOptions = ['--quiet', '--disable-pip-version-check', '--only-binary=:all:', '--retries=1', '--timeout=15'];
const letters = ['a', 'b', '/', '.', 'ü', '"', '\\', '\n', '\x7f', '\uffff', '\u{10000}', ' '];

/** What came of it: how many files were the same in both directions, or why nothing could be compared. */
export type ComparisonReport = { readonly compared: number } | { readonly skipped: string };

/** @throws Error when a file differs. */
export async function compareWithPython(files: number, seed: number): Promise<ComparisonReport> {
  const folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
  try {
    const python = await installPython(join(folder, 'venv'));
    if (typeof python !== 'string') return python;
    for (let i = 0; i < files; i++) await writeFile(join(folder, `ours-${i}`), randomFile(new Dice(seed + i)));
    await writeFile(join(folder, 'saver'), await fileOfSaver());
    await run(python, [fileURLToPath(new URL('compare_with_python.py', import.meta.url)), folder, String(seed)]);
    await compareTheirs(join(folder, 'saver'));
    for (let i = 0; i < files; i++) await compareTheirs(join(folder, `theirs-${i}`));
    return { compared: files };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The path of a Python that has the library, or why there is none. */
async function installPython(folder: string): Promise<string | { skipped: string }> {
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  try {
    await run('python3', ['-m', 'venv', folder]).catch(() => run('python', ['-m', 'venv', folder]));
  } catch {
    return { skipped: 'there is no Python here that can make a virtual environment' };
  }
  if (!existsSync(python)) return { skipped: 'the virtual environment has no Python' };
  try {
    await run(python, ['-m', 'pip', 'install', ...pipOptions, ...packages], { timeout: 120_000 });
  } catch (error) {
    const [line = ''] = String((error as { stderr?: unknown }).stderr ?? error)
      .trim()
      .split('\n')
      .slice(-1);
    return { skipped: `pip cannot install ${packages.join(', ')} (${line})` };
  }
  return python;
}

/** What a saver writes of a model in training. */
async function fileOfSaver(): Promise<Uint8Array> {
  await useBackend(cpu());
  const optimizer = tf.train.adam(0.1);
  const w = () => getVariable('w', { shape: [3, 2], initializer: initializers.randomNormal() });
  minimize(optimizer, () => tf.sum(tf.square(w())) as tf.Scalar);
  return getSaver('', { optimizer }).serialize({ step: 1, extra: { order: Int32Array.of(2, 0, 1) } });
}

function randomFile(dice: Dice): Uint8Array {
  const tensors = new Map<string, SafetensorsInput>();
  for (let i = dice.below(8); i > 0; i--) tensors.set(randomName(dice), randomTensor(dice));
  // The library has the metadata in no certain order, so that only files with one text are always the same.
  const metadata: [string, string][] = dice.below(2) === 0 ? [] : [[randomName(dice), randomName(dice)]];
  return serializeSafetensors(tensors, { metadata });
}

function randomName(dice: Dice): string {
  return Array.from({ length: 1 + dice.below(5) }, () => dice.pick(letters)).join('');
}

function randomTensor(dice: Dice): SafetensorsInput {
  const [dtype, itemSize] = dice.pick([...itemSizes]);
  const shape = Array.from({ length: dice.below(4) }, () => dice.below(4));
  const length = shape.reduce((product, size) => product * size, itemSize);
  return { dtype, shape, data: Uint8Array.from({ length }, () => dice.below(dtype === 'bool' ? 2 : 256)) };
}

/** What the Python part says of a file that it has written. */
interface Description {
  readonly tensors: Readonly<Record<string, readonly [dtype: string, shape: number[], hex: string]>>;
  readonly metadata: Readonly<Record<string, string>>;
}

async function compareTheirs(path: string): Promise<void> {
  const theirs = await readFile(path);
  const { tensors, metadata } = JSON.parse(await readFile(`${path}.json`, 'utf8')) as Description;
  const parsed = parseSafetensors(theirs);
  const found = Object.fromEntries(
    [...parsed.tensors].map(([name, { dtype, shape, bytes }]) => [
      name,
      [dtype === 'float8_e4m3' ? 'float8_e4m3fn' : dtype, shape, Buffer.from(bytes()).toString('hex')],
    ]),
  );
  const inputs = [...parsed.tensors].map(([name, tensor]) => [name, { ...tensor, data: tensor.bytes() }] as const);
  const ours = serializeSafetensors(inputs, { metadata: parsed.metadata });
  const isSame =
    sorted(found) === sorted(tensors) &&
    sorted(Object.fromEntries(parsed.metadata)) === sorted(metadata) &&
    theirs.equals(ours);
  if (!isSame)
    throw new Error(`${path} differs:\n${theirs.toString('latin1')}\n${Buffer.from(ours).toString('latin1')}`);
}

function sorted(object: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

if (import.meta.main) {
  const [files = 500, seed = 1] = process.argv.slice(2).map(Number);
  const report = await compareWithPython(files, seed);
  if ('skipped' in report) console.log(`SKIPPED: nothing was compared with Python's safetensors: ${report.skipped}.`);
  else {
    const { compared } = report;
    console.log(
      `${compared} files of ours and ${compared} of Python's safetensors are the same, byte for byte (seed ${seed}; ` +
        `${packages.join(', ')}); so is the content of a saver's file.`,
    );
  }
}
