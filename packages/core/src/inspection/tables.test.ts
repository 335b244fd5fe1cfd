import { expectNoLeak } from '@sonnetjs/testing';
import type * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { resetDefaultGraph } from '../graph/default-graph.ts';
import { fixedSize } from '../partitioners/index.ts';
import { variableScope } from '../variables/enter-scope.ts';
import { getVariable } from '../variables/get-variable.ts';
import { globalVariables } from '../variables/variable-lists.ts';
import { countVariablesByType, summarizeVariables } from './count-variables.ts';
import { formatVariableMap, formatVariables, logVariables } from './format-variables.ts';
import { getNormalizedVariableMap } from './variable-map.ts';

/** The cells of each line, without those of the device, which depends on the machine. */
const cells = (lines: readonly string[]): string[][] => lines.map((line) => line.split(/ {2,}/).slice(0, -1));

function summary(variables?: tf.Variable[]): string[] {
  const lines: string[] = [];
  summarizeVariables({ variables: variables ?? null, writer: (line) => lines.push(line) });
  return lines;
}

beforeEach(() => {
  resetDefaultGraph();
});

function makeVariables(): void {
  variableScope('net', () => {
    getVariable('w', { shape: [784, 10] });
    getVariable('steps', { shape: [], dtype: 'int32', trainable: false });
    getVariable('s', { shape: [3], partitioner: fixedSize(2) }).dispose();
  });
}

describe('formatVariables', () => {
  it('makes a table that is sorted by name', () => {
    makeVariables();
    const lines = expectNoLeak(() => formatVariables(globalVariables(), { joinLines: false }));
    const both = 'global_variables, trainable_variables';
    expect(cells(lines)).toEqual([
      ['Variable', 'Shape', 'Type', 'Collections'],
      ['net/s/part_0', '2', 'float32', both],
      ['net/s/part_1', '1', 'float32', both],
      ['net/steps', 'scalar', 'int32', 'global_variables'],
      ['net/w', '784x10', 'float32', both],
    ]);
    expect(new Set(lines.map((line) => line.indexOf('  ', 10)))).not.toContain(-1);
    expect(lines.every((line) => line === line.trimEnd())).toBe(true);
  });

  it('joins the lines unless it is told not to', () => {
    makeVariables();
    const variables = globalVariables();
    expect(formatVariables(variables)).toBe(formatVariables(variables, { joinLines: false }).join('\n'));
    expect(formatVariables(new Set())).toMatch(/^Variable +Shape/);
  });
});

describe('formatVariableMap', () => {
  it('makes a table of keys and variables', () => {
    makeVariables();
    const lines = formatVariableMap(getNormalizedVariableMap('net'), { joinLines: false });
    expect(cells(lines).map((row) => row.slice(0, 3))).toEqual([
      ['Key', 'Variable', 'Shape'],
      ['s', 'net/s/part_0', '2'],
      ['s', 'net/s/part_1', '1'],
      ['steps', 'net/steps', 'scalar'],
      ['w', 'net/w', '784x10'],
    ]);
    expect(formatVariableMap({})).toMatch(/^Key +Variable/);
  });
});

describe('logVariables', () => {
  it('writes the table line by line: of all variables, or of those that it is given', () => {
    makeVariables();
    const lines: string[] = [];
    const writer = (line: string): void => void lines.push(line);
    logVariables({ writer });
    expect(lines.join('\n')).toBe(formatVariables(globalVariables()));
    lines.length = 0;
    logVariables({ writer, variables: globalVariables().slice(0, 1) });
    expect(lines).toHaveLength(2);
  });

  it('writes to the console by default', () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => {});
    logVariables();
    summarizeVariables();
    expect(info.mock.calls.map(([line]) => line)).toEqual([
      expect.stringMatching(/^Variable/),
      'Summary of variables:',
      'no variables',
    ]);
  });
});

describe('countVariablesByType', () => {
  it('counts variables and the numbers in them', () => {
    makeVariables();
    expect(countVariablesByType()).toEqual({
      float32: { numVariables: 3, numScalars: 7843 },
      int32: { numVariables: 1, numScalars: 1 },
    });
    expect(countVariablesByType({ variables: globalVariables().slice(1, 2) })).toEqual({
      int32: { numVariables: 1, numScalars: 1 },
    });
    resetDefaultGraph();
    expect(countVariablesByType()).toEqual({});
  });
});

describe('summarizeVariables', () => {
  it('says how much memory the variables take, by dtype and in all', () => {
    getVariable('i', { shape: [], dtype: 'int32' });
    getVariable('w', { shape: [1000, 256, 4] });
    getVariable('b', { shape: [3], dtype: 'bool' });
    expect(summary()).toEqual([
      'Summary of variables:',
      'bool: 1 variables, 3 scalars, 3 B',
      'float32: 1 variables, 1,024,000 scalars, 3.91 MiB',
      'int32: 1 variables, 1 scalars, 4 B',
      'total: 3.91 MiB',
    ]);
  });

  it.each([
    [255, '1020 B'],
    [256, '1.00 KiB'],
    [256 * 1024, '1.00 MiB'],
  ])('writes the size of %i floats as %s', (size, text) => {
    const variable = getVariable('w', { shape: [size] }) as tf.Variable;
    expect(summary([variable])[1]).toMatch(new RegExp(` ${text}$`));
  });
});
