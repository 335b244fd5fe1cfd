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
import { parseSafetensors, type SafetensorsInput, serializeSafetensors } from '../src/index.ts';
import { itemSizes } from '../src/values/stored-tensor.ts';
import { Dice } from './mutate.ts';

const run = promisify(execFile);

const packages = ['safetensors==0.8.0', 'numpy', 'ml_dtypes'];
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
    await run(python, [fileURLToPath(new URL('compare_with_python.py', import.meta.url)), folder, String(seed)]);
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
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  } catch (error) {
    const [line = ''] = String((error as { stderr?: unknown }).stderr ?? error)
      .trim()
      .split('\n')
      .slice(-1);
    return { skipped: `pip cannot install ${packages.join(', ')} (${line})` };
  }
  return python;
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
  if ('skipped' in report) console.log(`The comparison with Python's safetensors was skipped: ${report.skipped}.`);
  else
    console.log(
      `${report.compared} files of ours and ${report.compared} of Python's safetensors are the same, byte for byte.`,
    );
}
