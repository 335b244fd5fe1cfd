import { readFileSync } from 'node:fs';
import { cpu } from '@sonnetjs/backend-cpu';
import { useBackend } from '@sonnetjs/core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Case, TensorValue } from './case-format.ts';
import { runCase } from './run-cases.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object | undefined ? Mutable<T[K]> : T[K] };

/** A copy of a golden case that may be changed. */
function golden(id: string): Mutable<Case> {
  const file = new URL(`../cases/golden/${id.split('/')[0]}.json`, import.meta.url);
  const found = (JSON.parse(readFileSync(file, 'utf8')) as Case[]).find((item) => item.id === id);
  if (found === undefined) throw new Error(`There is no case ${id}.`);
  return structuredClone(found) as Mutable<Case>;
}

/** The paths of what differs when a case is run whose expectation was changed. */
function pathsAfter(id: string, change: (item: Mutable<Case>) => void): string[] {
  const item = golden(id);
  change(item);
  return runCase(item as Case).differences.map(({ path }) => path);
}

/** Makes the first number of a tensor wrong by a little. */
function spoil(value: unknown): void {
  const { data } = value as TensorValue;
  if (data !== undefined) data[0] = Number(data[0]) + 1e-3;
}

beforeAll(async () => {
  await useBackend(cpu());
});

describe('runCase', () => {
  it('passes what is right', () => {
    expect(runCase(golden('Linear/batch') as Case)).toMatchObject({ status: 'passed', differences: [] });
  });

  it('says what a case needs that does not exist', () => {
    const item = golden('Linear/batch');
    item.module = 'nets.Imaginary';
    expect(runCase(item as Case)).toMatchObject({ status: 'skipped', missing: ['module nets.Imaginary'] });
  });

  it('reports a step that raises where nothing must', () => {
    const paths = pathsAfter('Linear/batch', (item) => {
      item.config = { output_size: 3, name: 7 };
    });
    expect(paths).toContain('pass of outputs');
  });
});

describe('a wrong expectation is found', () => {
  it('in an output', () => {
    expect(pathsAfter('Linear/batch', (item) => spoil(item.calls?.[0]?.outputs))).toEqual(['calls[0].outputs.data[0]']);
  });

  it('in the shape of an output', () => {
    const paths = pathsAfter('Linear/batch', (item) => {
      Object.assign(item.calls?.[0]?.outputs as object, { shape: [3, 2] });
    });
    expect(paths).toEqual(['calls[0].outputs.shape']);
  });

  it('in the statistics of an output', () => {
    const paths = pathsAfter('initializers/module/00_Linear', (item) => {
      const outputs = item.calls?.[0]?.outputs as { stats?: { std: number } };
      if (outputs.stats !== undefined) outputs.stats.std += 1e-3;
    });
    expect(paths).toEqual(['calls[0].outputs.stats.std']);
  });

  it('in a gradient', () => {
    expect(pathsAfter('Linear/batch', (item) => spoil(item.gradients?.wrt['linear/w:0']))).toEqual([
      'gradients.wrt["linear/w:0"].data[0]',
    ]);
  });

  it('in what does not depend on a variable, and in what does', () => {
    const paths = pathsAfter('Linear/transpose', (item) => {
      const wrt = item.gradients?.wrt as Record<string, unknown>;
      wrt['linear/b:0'] = { dtype: 'float32', shape: [3], data: [0, 0, 0] };
      wrt['linear_transpose/b:0'] = null;
    });
    expect(paths).toEqual(['gradients.wrt["linear/b:0"]', 'gradients.wrt["linear_transpose/b:0"]']);
  });

  it('in the gradient by something that does not exist', () => {
    const paths = pathsAfter('Linear/batch', (item) => {
      (item.gradients?.wrt as Record<string, unknown>)['calls[0].args[1]'] = null;
    });
    expect(paths).toEqual(['gradients.wrt["calls[0].args[1]"]']);
  });

  it('in the order of the variables', () => {
    expect(pathsAfter('Linear/batch', (item) => item.variables?.reverse())).toEqual([
      'variables (names in order of creation)',
    ]);
  });

  it('in the name, shape, trainability and collections of a variable', () => {
    const changed = (change: object): string[] =>
      pathsAfter('Linear/no_bias', (item) => Object.assign(item.variables?.[0] as object, change));
    expect(changed({ name: 'dense/v:0' })).toContain('variables (names in order of creation)');
    expect(changed({ shape: [5, 2] })).toContain('dense/w:0.shape');
    expect(changed({ trainable: false })).toEqual(['dense/w:0.trainable']);
    expect(changed({ collections: ['variables'] })).toEqual(['dense/w:0.collections']);
  });

  it('in an initial value', () => {
    const paths = pathsAfter('Linear/batch', (item) => {
      Object.assign(item.variables?.[1] as object, { initial: { constant: 1 } });
    });
    expect(paths).toEqual(['linear/b:0 (initial)']);
  });

  it('in the distribution of an initial value', () => {
    const paths = pathsAfter('initializers/module/00_Linear', (item) => {
      Object.assign(item.variables?.[0] as object, { initial: { mean: 0, std: 0.1, min: -0.23, max: 0.23 } });
    });
    expect(paths).toEqual(['linear/w:0 (initial).std', 'linear/w:0 (initial).min', 'linear/w:0 (initial).max']);
  });

  it('in the names and lists of a module', () => {
    const paths = pathsAfter('naming/nested_module', (item) => {
      const record = item.modules?.m as Record<string, unknown>;
      (record.get_variables as string[]).reverse();
      record.name_scopes = ['nested_module', 'nested_module_1'];
      record.scope_name = 'nested';
    });
    expect(paths).toEqual(['modules.m.scopeName', 'modules.m.nameScopes', 'modules.m.getVariables()']);
  });

  it('in a regularization loss', () => {
    const paths = pathsAfter('Linear/initializers_regularizers', (item) => {
      const losses = item.collections?.REGULARIZATION_LOSSES as { name: string; value: number }[];
      Object.assign(losses[0] as object, { name: 'linear/w/l1:0' });
      Object.assign(losses[1] as object, { value: 0.02 });
    });
    expect(paths).toEqual([
      'REGULARIZATION_LOSSES',
      'REGULARIZATION_LOSSES[1] (linear/b/Regularizer/l2_regularizer:0)',
    ]);
  });

  it('in the number of updates', () => {
    const paths = pathsAfter('Linear/batch', (item) => {
      item.collections = { UPDATE_OPS: 2 };
    });
    expect(paths).toEqual(['UPDATE_OPS']);
  });

  it('in what a step changes', () => {
    const paths = pathsAfter('Linear/batch', (item) => {
      const value = { dtype: 'float32', shape: [3], data: [1, 1, 1] };
      Object.assign(item.calls?.[0] as object, { variablesAfter: { 'linear/b:0': value } });
    });
    expect(paths).toEqual(['calls[0].variablesAfter (names)']);
  });

  it('in a property', () => {
    const paths = pathsAfter('Linear/no_bias', (item) => {
      Object.assign(item.calls?.[2] as object, { value: 6 });
    });
    expect(paths).toEqual(['calls[2].value']);
  });

  it('in observed connections', () => {
    const paths = pathsAfter('observe_connections/nested_observers', (item) => item.calls?.[0]?.observed?.reverse());
    expect(paths).toContain('calls[0].observed[0].moduleName');
  });

  it('in the class, place and text of an error', () => {
    const changed = (change: object): string[] =>
      pathsAfter('Linear/error/rank3', (item) => Object.assign(item.error as object, change));
    expect(changed({})).toEqual([]);
    expect(changed({ type: 'ValueError' })).toEqual(['error.class']);
    expect(changed({ where: 'constructor' })).toEqual(['error.where']);
    expect(changed({ message: 'linear: rank of shape must be 2 not: 5.' })).toEqual(['error.message']);
    expect(changed({ message: 'linear: the word `frobnicate`.' })).toEqual(['error.message']);
  });

  it('in the names that a failed call leaves behind', () => {
    // This constructor claims its own name before it makes the Linear that fails.
    const item: Case = {
      id: 'naming/error/half_made',
      class: 'naming',
      kind: 'error',
      module: 'NestedModule',
      config: { hidden_size: 'many', output_size: 2 },
      error: { where: 'constructor', type: 'ValueError', raisedBy: 'python', message: '' },
    };
    expect(runCase(item).differences.map(({ path }) => path)).toEqual(['after the error: names']);
  });

  it('in an error that is not raised', () => {
    const paths = pathsAfter('Linear/error/rank3', (item) => {
      item.config = { output_size: 3, allow_many_batch_dims: true };
    });
    expect(paths).toEqual(['error']);
  });
});
