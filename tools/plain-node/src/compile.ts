import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Program } from './program.ts';

/** What the compiler said about each program: its messages, or nothing. */
export type Messages = ReadonlyMap<Program, string>;

const compilerOptions = {
  target: 'es2023',
  lib: ['es2023', 'dom'],
  types: ['node'],
  module: 'nodenext',
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  sourceMap: true,
  rootDir: 'ts',
  outDir: 'js',
};

/** Where a program's compiled file lies below the folder that {@link compile} was given. */
export function compiledFile(folder: URL, program: Program): string {
  return fileURLToPath(new URL(`js/${fileName(program)}.js`, folder));
}

/**
 * Compiles all programs in one run, against the declarations of the built packages.
 *
 * @param folder A folder inside a package from which the packages' names resolve; its content is replaced.
 */
export async function compile(programs: readonly Program[], folder: URL): Promise<Messages> {
  rmSync(folder, { recursive: true, force: true });
  for (const program of programs) {
    const file = fileURLToPath(new URL(`ts/${fileName(program)}.ts`, folder));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, program.code);
  }
  writeFileSync(new URL('package.json', folder), JSON.stringify({ private: true, type: 'module' }));
  writeFileSync(new URL('tsconfig.json', folder), JSON.stringify({ compilerOptions, include: ['ts'] }));
  const output = await runCompiler(fileURLToPath(folder));
  const byFile = new Map(programs.map((program) => [`ts/${fileName(program)}.ts`, program]));
  const messages = new Map<Program, string>();
  let current: Program | undefined;
  for (const line of output.split('\n')) {
    const [, file, place] = /^(ts\/.+?\.ts)\((\d+,\d+)\): /.exec(line) ?? [];
    if (file !== undefined) current = byFile.get(file);
    else if (line.startsWith('error ')) throw new Error(`The examples cannot be compiled: ${output}`);
    if (current === undefined || line === '') continue;
    const text = file === undefined ? line : line.replace(`${file}(${place})`, `${current.source}(${place})`);
    messages.set(current, `${messages.get(current) ?? ''}${text}\n`);
  }
  return messages;
}

function runCompiler(folder: string): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { tsc: string } };
  const args = [join(dirname(manifest), bin.tsc), '-p', folder, '--pretty', 'false'];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 1 << 26 }, (_, stdout) => resolve(stdout));
  });
}

function fileName({ source, line }: Program): string {
  return `${source.replace(/\.(ts|md)$/, '')}.line-${line}`;
}
