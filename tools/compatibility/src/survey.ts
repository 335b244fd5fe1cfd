import type { Case } from '@sonnetjs/conformance/case-format';
import { DEVIATIONS } from '@sonnetjs/conformance/deviations';
import { CaseSymbols } from './case-symbols.ts';
import { checkDifferences, differences, differencesOf } from './differences.ts';
import type { SonnetSymbol } from './symbols.ts';
import type { Verified } from './verify.ts';

/** What a symbol of Sonnet is here. */
export type Status = 'same' | 'differs' | 'type' | 'incomplete' | 'missing' | 'not needed';

/** Everything that the page says of a symbol. */
export interface Row {
  readonly symbol: SonnetSymbol;
  readonly status: Status;
  /** Members, by their names here, that are missing. */
  readonly missingMembers: readonly string[];
  /** How many cases of this project use it. */
  readonly cases: number;
  /** The numbers of its deviations; see {@link deviationTexts}. */
  readonly deviations: readonly number[];
}

/** The text of each deviation, and the page that says why; number 1 first. */
export const deviationTexts: readonly { readonly text: string; readonly page: string }[] = [
  ...differences,
  ...DEVIATIONS.map(({ reason }) => ({ text: reason, page: '../tools/conformance/src/deviations.ts' })),
];

/** Puts together what was found in the packages, and what the cases say. */
export function survey(
  symbols: readonly SonnetSymbol[],
  verified: ReadonlyMap<SonnetSymbol, Verified>,
  cases: readonly Case[],
): Row[] {
  checkDifferences(symbols);
  const caseSymbols = new CaseSymbols(symbols);
  const counts = new Map<SonnetSymbol, number>();
  const deviations = new Map(symbols.map((symbol) => [symbol, new Set(differencesOf(symbol))]));
  for (const item of cases) {
    for (const symbol of caseSymbols.usedIn(item)) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    DEVIATIONS.forEach((deviation, i) => {
      if (!deviation.applies(item)) return;
      for (const symbol of caseSymbols.subjectsOf(item)) deviations.get(symbol)?.add(differences.length + i + 1);
    });
  }
  return symbols.map((symbol) => {
    const numbers = [...(deviations.get(symbol) ?? [])].sort((a, b) => a - b);
    const found = verified.get(symbol);
    return {
      symbol,
      status: statusOf(symbol, found, numbers.length > 0),
      missingMembers: found?.missingMembers ?? [],
      cases: counts.get(symbol) ?? 0,
      deviations: numbers,
    };
  });
}

function statusOf(symbol: SonnetSymbol, found: Verified | undefined, differs: boolean): Status {
  if (symbol.notNeeded !== undefined) return 'not needed';
  if (found === undefined || !found.exists || !found.inUmbrella) return 'missing';
  if (found.missingMembers.length > 0) return 'incomplete';
  if (symbol.isType === true) return 'type';
  return differs || symbol.note !== undefined ? 'differs' : 'same';
}
