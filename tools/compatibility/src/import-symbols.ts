import { readFileSync, writeFileSync } from 'node:fs';
import { memberName, type SonnetSymbol, symbolsFile } from './symbols.ts';

/** An entry of the description of Sonnet's API from which the symbols are taken. */
interface ApiEntry {
  readonly seed: string;
  readonly kind: 'class' | 'function';
  readonly package: string | null;
  readonly ts: string | null;
  readonly typeOnly: boolean;
  readonly members?: Readonly<Record<string, string>>;
  readonly notApplicable?: string;
  readonly note?: string;
}

/**
 * Writes the file of symbols anew from a description of Sonnet's API.
 *
 * @throws Error when a member is not called here what the rule says.
 */
export function importSymbols(apiFile: string): void {
  const entries = JSON.parse(readFileSync(apiFile, 'utf8')) as ApiEntry[];
  writeFileSync(symbolsFile, entries.map((entry) => `${JSON.stringify(symbolOf(entry))}\n`).join(''));
}

/** The symbol of an entry; what is false or absent is left out. */
function symbolOf(entry: ApiEntry): SonnetSymbol {
  for (const [name, here] of Object.entries(entry.members ?? {})) {
    if (memberName(name) !== here) throw new Error(`${entry.seed}.${name} is called ${here}, not ${memberName(name)}.`);
  }
  return {
    name: entry.seed,
    kind: entry.kind,
    package: entry.package,
    path: entry.ts,
    ...(entry.typeOnly && { isType: true }),
    ...(entry.members && { members: Object.keys(entry.members) }),
    ...(entry.notApplicable !== undefined && { notNeeded: entry.notApplicable }),
    ...(entry.note !== undefined && { note: entry.note }),
  };
}
