/** `pnpm compatibility`: writes docs/compatibility.md; `--check` only tells whether it is up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { OWN_CASES, readCases } from '@sonnetjs/conformance/cases';
import { importSymbols } from './import-symbols.ts';
import { page } from './page.ts';
import { survey } from './survey.ts';
import { readSymbols } from './symbols.ts';
import { verify } from './verify.ts';

const USAGE = `Usage: compatibility [--check] [--symbols FILE]

Writes docs/compatibility.md from the symbols of Sonnet and the built packages.
  --check    writes nothing, and fails when the page is out of date
  --symbols  first takes the symbols anew from a description of Sonnet's API in JSON`;

const pageFile = new URL('../../../docs/compatibility.md', import.meta.url);

function commandLine(): { check?: boolean; symbols?: string; help?: boolean } {
  const options = { check: { type: 'boolean' }, symbols: { type: 'string' }, help: { type: 'boolean' } } as const;
  return parseArgs({ options }).values;
}

function main(): number {
  const { check = false, symbols: apiFile, help = false } = commandLine();
  if (help) {
    console.log(USAGE);
    return 0;
  }
  if (apiFile !== undefined) importSymbols(apiFile);
  const symbols = readSymbols();
  const rows = survey(symbols, verify(symbols), readCases(OWN_CASES));
  const text = page(rows);
  const bad = rows.filter(({ status }) => status === 'missing' || status === 'incomplete');
  for (const { symbol, status, missingMembers } of bad) {
    console.error(`snt.${symbol.name} is ${status}: ${[symbol.package, ...missingMembers].join(', ')}`);
  }
  if (!check) writeFileSync(pageFile, text);
  else if (readFileSync(pageFile, 'utf8') !== text) {
    console.error('docs/compatibility.md is out of date: run `pnpm compatibility`, and look at what has changed.');
    return 1;
  }
  console.log(`docs/compatibility.md: ${rows.length} symbols, ${bad.length} of them missing or incomplete.`);
  return bad.length === 0 ? 0 : 1;
}

process.exitCode = main();
