import type { Variable } from '@tensorflow/tfjs-core';
import { beforeEach, expect, it } from 'vitest';
import { getDefaultGraph, resetDefaultGraph } from '../graph/default-graph.ts';
import { fixedSize } from '../partitioners/index.ts';
import { getVariable } from './get-variable.ts';
import { variableSlice } from './variable-name.ts';

beforeEach(() => {
  resetDefaultGraph();
});

it('tells where a slice lies in its variable', () => {
  getVariable('w', { shape: [2, 3], partitioner: fixedSize(2, { axis: 1 }) });
  const slices = getDefaultGraph().getCollection('variables') as Variable[];
  expect(slices.map(variableSlice)).toEqual([
    { whole: 'w', fullShape: [2, 3], offset: [0, 0] },
    { whole: 'w', fullShape: [2, 3], offset: [0, 2] },
  ]);
});

it('is null for a variable that is stored whole', () => {
  expect(variableSlice(getVariable('w', { shape: [2] }) as Variable)).toBeNull();
});
