import { readFileSync } from 'node:fs';

/** A class or function of Sonnet 1.36, and where it should be here. */
export interface SonnetSymbol {
  /** Its name below `snt`: `Linear`, `nest.flatten`. */
  readonly name: string;
  readonly kind: 'class' | 'function';
  /** The package here; null when it needs no counterpart. */
  readonly package: string | null;
  /** The path of the export there, such as `customGetters.Context`; null when it needs none. */
  readonly path: string | null;
  /** Whether it is for the compiler only: a type. */
  readonly isType?: boolean;
  /** The Python names of a class's public members. */
  readonly members?: readonly string[];
  /** Why it needs no counterpart. */
  readonly notNeeded?: string;
  /** Why it is called otherwise. */
  readonly note?: string;
}

/** The file of all symbols: one JSON object a line. */
export const symbolsFile: URL = new URL('../symbols.jsonl', import.meta.url);

export function readSymbols(): SonnetSymbol[] {
  const lines = readFileSync(symbolsFile, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as SonnetSymbol);
}

/** The name here of a member that has this name in Python. */
export function memberName(pythonName: string): string {
  if (pythonName === '__call__') return 'call';
  return pythonName.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
