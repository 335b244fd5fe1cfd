import { existsSync, readFileSync } from 'node:fs';
import { cpu } from '@sonnetjs/backend-cpu';
import { node } from '@sonnetjs/backend-node';
import { wasm } from '@sonnetjs/backend-wasm';
import {
  type AnyModule,
  type Backend,
  Graph,
  resetDefaultGraph,
  useBackend,
  valueAndGrads,
  variableName,
} from '@sonnetjs/core';
import { preparedTensorFlow } from '@sonnetjs/native-tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { docCommentOf, sourceOf, undocumentedOptions } from './checks/documentation.ts';
import { directionalDerivatives } from './checks/gradient.ts';
import { connect, construct, exportedModules, type ModuleEntry, makeInputs, registry, tensorsOf } from './index.ts';

const GOLDEN = new URL('../../conformance/cases/golden/', import.meta.url);

const tensorFlow = preparedTensorFlow('cpu');
const backends: readonly (readonly [name: string, make: () => Backend])[] = [
  ['wasm', wasm],
  ...(tensorFlow === undefined ? [] : [['node', () => node({ from: tensorFlow })] as const]),
];

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

it('knows every exported module', () => {
  expect(registry.map(({ name }) => name).sort()).toEqual(exportedModules());
});

function names(module: AnyModule): string[] {
  return module.variables.map(variableName);
}

function values(outputs: unknown): number[][] {
  return tensorsOf(outputs).map((output) => [...output.dataSync()]);
}

function connectOnce(entry: ModuleEntry): { module: AnyModule; outputs: unknown } {
  const module = construct(entry.config);
  return { module, outputs: connect(module, makeInputs(entry.inputs, module)) };
}

/** `it`, or nothing where the entry gives a reason why the check does not apply. */
function test(reason: string | undefined): (name: string, run: () => void | Promise<void>) => void {
  return reason === undefined ? it : () => {};
}

describe.each(registry.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
  test(entry.except?.golden)('has golden cases', () => {
    for (const name of entry.golden ?? [entry.name]) {
      const file = new URL(`${name}.json`, GOLDEN);
      expect(existsSync(file), `${name}.json`).toBe(true);
      expect(JSON.parse(readFileSync(file, 'utf8')).length).toBeGreaterThan(0);
    }
  });

  it('has an example and documents every option', () => {
    const source = sourceOf(entry) ?? '';
    expect(docCommentOf(entry.name, source)).toMatch(/@example[\s\S]*```ts/);
    expect(undocumentedOptions(source)).toEqual([]);
  });
});

describe.each(backends)('on %s', (_, make) => {
  beforeAll(async () => {
    await useBackend(make());
  });

  describe.each(registry.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
    beforeEach(() => {
      if (entry.warns === true) vi.spyOn(console, 'warn').mockImplementation(() => {});
    });

    it('gives the same names and numbers from its configuration as JSON', () => {
      const first = connectOnce(entry);
      const expected = { names: names(first.module), values: values(first.outputs) };
      resetDefaultGraph({ seed: 1 });
      const config = JSON.parse(JSON.stringify(entry.config)) as ModuleEntry['config'];
      const second = connectOnce({ ...entry, config });
      expect({ names: names(second.module), values: values(second.outputs) }).toEqual(expected);
    });

    it('has the same names in two graphs', () => {
      const [a, b] = [new Graph(), new Graph()].map((graph) => graph.asDefault(() => names(connectOnce(entry).module)));
      expect(a).toEqual(b);
    });

    it('leaks nothing over 100 calls', () => {
      const { module } = connectOnce(entry);
      const inputs = makeInputs(entry.inputs, module);
      const call = (): void => disposeNew(connect(module, inputs), module, inputs);
      call();
      const before = tf.memory().numTensors;
      for (let i = 0; i < 100; i++) call();
      expect(tf.memory().numTensors).toBe(before);
    });

    it('may be connected first inside tf.tidy, or inside a gradient, and again outside', () => {
      const reference = values(connectOnce(entry).outputs);
      resetDefaultGraph({ seed: 1 });
      const inTidy = construct(entry.config);
      const inputs = makeInputs(entry.inputs, inTidy);
      tf.tidy(() => {
        connect(inTidy, inputs);
      });
      expect(values(connect(inTidy, inputs)).map(({ length }) => length)).toEqual(
        reference.map(({ length }) => length),
      );
      resetDefaultGraph({ seed: 1 });
      const inGradient = construct(entry.config);
      const x = tf.variable(tf.scalar(2));
      const others = makeInputs(entry.inputs, inGradient);
      const loss = (): tf.Tensor => tf.add(tf.square(x), tf.mul(0, sumOf(connect(inGradient, others))));
      tf.dispose(valueAndGrads(loss, { variables: [x] }).value);
      connect(inGradient, others);
      x.dispose();
    });

    test(entry.except?.gradient)('has the gradients that finite differences say', () => {
      for (const { what, gradient, difference } of directionalDerivatives(entry)) {
        expect(Math.abs(gradient - difference), `${what}: gradient ${gradient}, difference ${difference}`).toBeLessThan(
          5e-3 * (1 + Math.abs(difference)),
        );
      }
    });

    test(entry.except?.backends)('gives the same numbers as on cpu', async () => {
      const here = values(connectOnce(entry).outputs);
      await useBackend(cpu());
      try {
        resetDefaultGraph({ seed: 1 });
        const onCpu = values(connectOnce(entry).outputs);
        onCpu.forEach((list, i) => {
          list.forEach((a, j) => {
            expect(Math.abs(a - (here[i]?.[j] ?? Number.NaN))).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(a)));
          });
        });
      } finally {
        await useBackend(make());
      }
    });
  });
});

function sumOf(outputs: unknown): tf.Tensor {
  const sums = tensorsOf(outputs).map((output) => tf.sum(tf.cast(output, 'float32')));
  return sums.reduce((sum, next) => tf.add(sum, next), tf.scalar(0));
}

/** Frees the tensors that a call made: not its inputs, nor the module's variables. */
function disposeNew(outputs: unknown, module: AnyModule, inputs: readonly unknown[]): void {
  const kept = new Set<tf.Tensor>([...tensorsOf(inputs), ...module.variables]);
  tf.dispose(tensorsOf(outputs).filter((output) => !kept.has(output)));
}
