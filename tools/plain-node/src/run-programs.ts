/**
 * Runs compiled programs one after the other in this process and writes one line of JSON for each:
 * `node run-programs.js [--backend] FILE…`. Every program starts with an empty default graph.
 */
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { cpu } from '@sonnetjs/backend-cpu';
import { resetDefaultGraph, useBackend } from '@sonnetjs/core';

const hasBackend = process.argv[2] === '--backend';
const files = process.argv.slice(hasBackend ? 3 : 2);

for (const file of files) {
  if (hasBackend) await useBackend(cpu());
  resetDefaultGraph();
  let error: string | null = null;
  try {
    await import(pathToFileURL(file).href);
  } catch (thrown) {
    error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  }
  writeSync(3, `${JSON.stringify({ file, error })}\n`);
}
