import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { relaxedSimdValidates } from './limits/peak.ts';
import { type Machine, machineFacts } from './measuring/machine.ts';
import { renderNativePage } from './rendering/native-page.ts';
import { type Reader, renderPage } from './rendering/page.ts';

/** A result as it is kept: what was measured, and where. */
export interface Kept<T> {
  readonly machine: Machine;
  readonly results: T;
}

/** Where results are checked in. */
export const resultsFolder: string = fileURLToPath(new URL('../../../docs/benchmarks/results', import.meta.url));

/** Writes a result as JSON, with the facts about the machine. */
export function writeResult(folder: string, name: string, results: object): void {
  mkdirSync(folder, { recursive: true });
  const kept: Kept<object> = { machine: machineFacts(relaxedSimdValidates()), results };
  // Six digits say more than the measurements do.
  const rounded = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(kept, rounded, 2)}\n`);
}

/** Reads a result, where there is one. */
export function readResult(folder: string, name: string): Kept<unknown> | null {
  const file = join(folder, `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept<unknown>) : null;
}

/** Writes the pages beside the folder of the results, and gives their paths. */
export function writePages(folder: string, read: Reader): string[] {
  const pages = { 'wasm.md': renderPage(read), 'native.md': renderNativePage(read) };
  return Object.entries(pages).map(([name, text]) => {
    const file = join(dirname(folder), name);
    writeFileSync(file, text);
    return file;
  });
}
