import type { Variable } from '@tensorflow/tfjs-core';
import { globalVariables } from '../variables/variable-lists.ts';

/** How many variables of one dtype there are, and how many numbers they hold. */
export interface VariableCount {
  readonly numVariables: number;
  readonly numScalars: number;
}

/**
 * Counts variables and the numbers in them, by dtype.
 *
 * @param options `variables`: the default is all global variables of the default graph.
 *
 * @example
 * ```ts
 * import { countVariablesByType, getVariable, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * getVariable('w', { shape: [2, 3] });
 * getVariable('steps', { shape: [], dtype: 'int32', trainable: false });
 * assert.deepEqual(countVariablesByType(), {
 *   float32: { numVariables: 1, numScalars: 6 },
 *   int32: { numVariables: 1, numScalars: 1 },
 * });
 * ```
 *
 * Sonnet: `snt.count_variables_by_type`.
 */
export function countVariablesByType(
  options: { readonly variables?: Iterable<Variable> | null } = {},
): Record<string, VariableCount> {
  const counts: Record<string, VariableCount> = {};
  for (const { dtype, size } of options.variables ?? globalVariables()) {
    const { numVariables, numScalars } = counts[dtype] ?? { numVariables: 0, numScalars: 0 };
    counts[dtype] = { numVariables: numVariables + 1, numScalars: numScalars + size };
  }
  return counts;
}

/** Options of {@link summarizeVariables}. */
export interface SummarizeOptions {
  /** The variables; the default is all global variables of the default graph. */
  readonly variables?: Iterable<Variable> | null;
  /** Gets each line. Default: `console.info`. */
  readonly writer?: (line: string) => void;
}

const BYTES_PER_VALUE: Readonly<Record<string, number>> = { bool: 1, int32: 4, float32: 4, complex64: 8 };

/**
 * Writes how many variables there are, how many numbers they hold and how much memory they take, by dtype and in all.
 *
 * @param options `variables`, and `writer`, which gets each line.
 *
 * @example
 * ```ts
 * import { getVariable, resetDefaultGraph, summarizeVariables } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * getVariable('w', { shape: [784, 256] });
 * const lines: string[] = [];
 * summarizeVariables({ writer: (line) => lines.push(line) });
 * assert.deepEqual(lines, ['Summary of variables:', 'float32: 1 variables, 200,704 scalars, 784.00 KiB']);
 * ```
 *
 * Sonnet: `snt.summarize_variables`.
 */
export function summarizeVariables(options: SummarizeOptions = {}): void {
  const write = options.writer ?? console.info;
  const counts = Object.entries(countVariablesByType(options)).sort(([a], [b]) => (a < b ? -1 : 1));
  write('Summary of variables:');
  if (counts.length === 0) write('no variables');
  let total = 0;
  for (const [dtype, { numVariables, numScalars }] of counts) {
    const bytes = numScalars * (BYTES_PER_VALUE[dtype] ?? 0);
    total += bytes;
    write(`${dtype}: ${numVariables} variables, ${grouped(numScalars)} scalars, ${formatBytes(bytes)}`);
  }
  if (counts.length > 1) write(`total: ${formatBytes(total)}`);
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  return `${(bytes / 1024 ** power).toFixed(2)} ${units[power - 1]}`;
}
