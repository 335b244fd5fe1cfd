import { getVariable, globalVariables, resetDefaultGraph } from '@sonnetjs/core';
import { describe, expect, it } from 'vitest';
import { variablesTable } from './variables-table.ts';

describe('variablesTable', () => {
  it('lists variables and sums them up', () => {
    resetDefaultGraph();
    getVariable('layer/w', { shape: [30, 40] });
    getVariable('layer/b', { shape: [40] });
    expect(variablesTable(globalVariables())).toEqual([
      'variable  shape     dtype    parameters  bytes',
      'layer/w   [30, 40]  float32       1,200  4,800',
      'layer/b   [40]      float32          40    160',
      'total                             1,240  4,960',
    ]);
  });
});
