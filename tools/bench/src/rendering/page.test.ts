import { describe, expect, it } from 'vitest';
import type { Machine } from '../measuring/machine.ts';
import type { Timing } from '../measuring/measure.ts';
import { renderPage } from './page.ts';

const machine: Machine = {
  cpu: 'A processor',
  cores: 2,
  memoryGB: 8,
  system: 'linux x64',
  node: 'v24.0.0',
  v8: '13.0',
  relaxedSimd: true,
  commit: '0123456789ab',
  date: '2020-02-02',
};

const timing = (name: string, median: number, ratio: number): Timing => ({
  name,
  median,
  fastest: median,
  extra: 0,
  ratio,
  interval: [ratio * 0.9, ratio * 1.1],
});

const timings = [timing('stock tfjs', 16000, 1), timing('raw ops', 2000, 0.125), timing('modules', 4000, 0.25)];
const results: Readonly<Record<string, unknown>> = {
  steps: [{ name: 'mlp', title: 'MLP', bar: 1 / 6, loss: 2, timings }],
  others: [
    {
      name: 'mlp',
      title: 'MLP',
      step: [timing('ours', 2000, 1), timing('jax-js', 3000, 1.5)],
      forward: [timing('ours', 500, 1), timing('onnxruntime-web', 400, 0.8)],
    },
  ],
  python: { versions: {}, models: { mlp: { pytorch: { step: 1.25, forward: 0.2 } } } },
  kernels: [
    {
      kernel: 'Tanh',
      size: 262144,
      oursMicroseconds: 100,
      stockMicroseconds: 50,
      ratio: 2,
      interval: [1.9, 2.1],
      ratios: [2, 2.2],
      slower: true,
      copyMicroseconds: 20,
      arithmeticMicroseconds: 80,
      ofLimit: 0.625,
      ofLimits: [0.625, 1.2],
      beyondLimit: false,
    },
  ],
};

const pageOf = (...names: string[]): string =>
  renderPage((name) => (names.includes(name) ? { machine, results: results[name] } : null));

describe('renderPage', () => {
  it('has a section for each result that there is', () => {
    expect(pageOf('steps').match(/^## .*/gm)).toEqual(['## Training steps']);
    expect(pageOf('kernels').match(/^## .*/gm)).toEqual(['## Kernels']);
    expect(pageOf('steps')).toContain('Measured on 2020-02-02 at commit 0123456789ab: A processor, 2 cores');
  });

  it('says whether a bar is met', () => {
    expect(pageOf('steps')).toContain('| 0.125 (0.113–0.138) | 0.250 (0.225–0.275) | ≤ 1/6: met |');
    expect(pageOf('kernels')).toContain('- Slower than stock: 1 of 1: Tanh at 262144.');
    expect(pageOf('kernels')).toContain('- Beyond 1.5 times a copy and 2 times the arithmetic: 0 of 1.');
  });

  it('puts other libraries beside ours, and dashes where they were not measured', () => {
    expect(pageOf('steps')).toContain('| MLP | 2.00 ms | 4.00 ms | 16.0 ms | – | – | – |');
    const page = pageOf('steps', 'others', 'python');
    expect(page).toContain('| MLP | 2.00 ms | 4.00 ms | 16.0 ms | 3.00 ms | 1.25 ms | – |');
    expect(page).toContain('| MLP | outputs | 500 µs | onnxruntime-web | 400 µs | 0.800 (0.720–0.880) |');
  });
});
