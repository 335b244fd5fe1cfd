import * as tf from '@tensorflow/tfjs-core';
import { currentState } from '../graph/default-graph.ts';
import { GraphKeys } from '../graph/graph-keys.ts';
import { sortByName } from '../variables/sort-by-name.ts';
import { globalVariables } from '../variables/variable-lists.ts';
import { variableName } from '../variables/variable-name.ts';
import { type VariableMap, variableMapItems } from './variable-map.ts';

/** Options of the functions that make a table. */
export interface FormatOptions {
  /** Whether the lines are joined to one string. Default: true. */
  readonly joinLines?: boolean;
}

const COLUMNS = ['Variable', 'Shape', 'Type', 'Collections', 'Device'];

/**
 * A table of variables, sorted by name: name, shape, dtype, collections, and the backend that holds the data.
 *
 * @param variables The variables; all global ones of the default graph are `globalVariables()`.
 * @param options `joinLines: false` gives an array of lines.
 *
 * Sonnet: `snt.format_variables`.
 *
 * @example
 * ```ts
 * import { formatVariables, getVariable, globalVariables, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * getVariable('w', { shape: [2, 3] });
 * const [header, line] = formatVariables(globalVariables(), { joinLines: false });
 * assert.match(String(header), /^Variable +Shape +Type +Collections +Device/);
 * assert.match(String(line), /^w +2x3 +float32 +global_variables, trainable_variables/);
 * ```
 */
export function formatVariables(variables: Iterable<tf.Variable>, options: { readonly joinLines: false }): string[];
export function formatVariables(variables: Iterable<tf.Variable>, options?: { readonly joinLines?: true }): string;
export function formatVariables(variables: Iterable<tf.Variable>, options: FormatOptions = {}): string | string[] {
  return table([COLUMNS, ...sortByName(variables).map(describe)], options);
}

/**
 * A table of a variable map, sorted by key and name; see {@link formatVariables}.
 *
 * @param variableMap A map as {@link getNormalizedVariableMap} gives it.
 * @param options `joinLines: false` gives an array of lines.
 *
 * Sonnet: `snt.format_variable_map`.
 *
 * @example
 * ```ts
 * import { formatVariableMap, getNormalizedVariableMap, getVariable, resetDefaultGraph, variableScope } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * variableScope('net', () => getVariable('w', { shape: [2, 3] }));
 * const [header, line] = formatVariableMap(getNormalizedVariableMap('net'), { joinLines: false });
 * assert.match(String(header), /^Key +Variable +Shape/);
 * assert.match(String(line), /^w +net\/w +2x3/);
 * ```
 */
export function formatVariableMap(variableMap: VariableMap, options: { readonly joinLines: false }): string[];
export function formatVariableMap(variableMap: VariableMap, options?: { readonly joinLines?: true }): string;
export function formatVariableMap(variableMap: VariableMap, options: FormatOptions = {}): string | string[] {
  const rows = variableMapItems(variableMap).map(([key, variable]) => [key, ...describe(variable)]);
  rows.sort((a, b) => compare(a[0] ?? '', b[0] ?? '') || compare(a[1] ?? '', b[1] ?? ''));
  return table([['Key', ...COLUMNS], ...rows], options);
}

/** Options of {@link logVariables}. */
export interface LogOptions {
  /** The variables; the default is all global variables of the default graph. */
  readonly variables?: Iterable<tf.Variable> | null;
  /** Gets each line. Default: `console.info`. */
  readonly writer?: (line: string) => void;
}

/**
 * Writes a table of variables line by line; see {@link formatVariables}.
 *
 * @param options `variables`, and `writer`, which gets each line.
 *
 * Sonnet: `snt.log_variables`.
 *
 * @example
 * ```ts
 * import { getVariable, logVariables, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * getVariable('w', { shape: [2, 3] });
 * const lines: string[] = [];
 * logVariables({ writer: (line) => lines.push(line) });
 * assert.equal(lines.length, 2);
 * ```
 */
export function logVariables(options: LogOptions = {}): void {
  const write = options.writer ?? console.info;
  for (const line of formatVariables(options.variables ?? globalVariables(), { joinLines: false })) write(line);
}

function describe(variable: tf.Variable): string[] {
  const shape = variable.shape.length === 0 ? 'scalar' : variable.shape.join('x');
  return [variableName(variable), shape, variable.dtype, collectionsOf(variable).join(', '), tf.getBackend()];
}

/** The names of a variable's collections, sorted; `variables` goes by the name of its key, `global_variables`. */
function collectionsOf(variable: tf.Variable): string[] {
  const names: string[] = [];
  for (const [name, entries] of currentState().collections) {
    if (entries.includes(variable)) names.push(name === GraphKeys.GLOBAL_VARIABLES ? 'global_variables' : name);
  }
  return names.sort(compare);
}

function table(rows: readonly (readonly string[])[], { joinLines = true }: FormatOptions): string | string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return joinLines ? lines.join('\n') : lines;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
