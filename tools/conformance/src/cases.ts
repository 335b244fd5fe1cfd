import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case } from './case-format.ts';

/** The folder of the cases that are part of this project. */
export const OWN_CASES: string = fileURLToPath(new URL('../cases/golden', import.meta.url));

/** Reads all cases of a folder, in the order of the files' names. */
export function readCases(folder: string): Case[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort();
  return files.flatMap((file) => JSON.parse(readFileSync(resolve(folder, file), 'utf8')) as Case[]);
}
