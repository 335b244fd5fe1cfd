import { addToCollection, Graph, getVariable, variableScope } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { AssignedVariables } from './assigned-variables.ts';
import type { CaseVariable } from './case-format.ts';
import { probeNames, snapshotDifferences, takeSnapshot } from './graph-state.ts';
import { readElements } from './tensors.ts';

function inGraph<T>(fn: () => T): T {
  const graph = new Graph();
  try {
    return tf.tidy(() => graph.asDefault(fn) as never) as T;
  } finally {
    graph.dispose();
  }
}

/** What differs after a function has run. */
function changesBy(fn: () => void): string[] {
  return inGraph(() => {
    getVariable('w', { shape: [2] });
    const before = takeSnapshot();
    fn();
    return snapshotDifferences(before, takeSnapshot()).map(({ what }) => what);
  });
}

describe('snapshotDifferences', () => {
  it('finds none where nothing has changed', () => {
    expect(changesBy(() => undefined)).toEqual([]);
  });

  it('finds new variables, entries, values and tensors', () => {
    expect(changesBy(() => getVariable('v', { shape: [] }))).toContain('variables');
    expect(changesBy(() => addToCollection('mine', 1))).toEqual(['sizes of collections']);
    expect(changesBy(() => tf.scalar(1))).toEqual(['tf.memory().numTensors']);
    const assign = (): void => {
      const [w] = [getVariable('w', { shape: [2], reuse: true }) as tf.Variable];
      w.assign(tf.tidy(() => tf.ones([2])));
    };
    expect(changesBy(assign)).toContain('values of variables');
  });
});

describe('probeNames', () => {
  it('shows names that are used up', () => {
    const fresh = inGraph(() => probeNames(['linear']));
    const used = inGraph(() => {
      variableScope('linear', () => undefined);
      return probeNames(['linear']);
    });
    expect(fresh).toEqual({ 'variable scope linear': 'linear', 'name scope linear': 'linear_1' });
    expect(used).not.toEqual(fresh);
  });
});

describe('AssignedVariables', () => {
  const record = { name: 'w:0', dtype: 'float32', shape: [2], data: [3, 4] } as unknown as CaseVariable;

  it('gives new variables their values, follows changes and takes them back', () => {
    inGraph(() => {
      const variables = new AssignedVariables([record]);
      const made: string[] = [];
      const w = { current: null as tf.Variable | null };
      variables.whileAssigning(
        (variable) => made.push(variable.name),
        () => {
          w.current = getVariable('w', { shape: [2] }) as tf.Variable;
        },
      );
      const variable = w.current as unknown as tf.Variable;
      expect(made).toHaveLength(1);
      expect(readElements(variable)).toEqual([3, 4]);
      expect([...variables.changes().keys()]).toEqual([]);
      variable.assign(tf.tensor1d([3, 4]));
      expect([...variables.changes().keys()]).toEqual([]);
      variable.assign(tf.tensor1d([3, 5]));
      expect([...variables.changes().keys()]).toEqual(['w:0']);
      variable.assign(tf.tensor1d([6, 6]));
      variables.restore();
      expect(readElements(variable)).toEqual([3, 4]);
    });
  });
});
