import { describe, expect, it } from 'vitest';
import type { Machine } from '../measuring/machine.ts';
import type { NativeResult } from '../native/compare.ts';
import type { NativeSoakResult } from '../native/soak.ts';
import { renderNativePage } from './native-page.ts';

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

function native(median: number, gpu?: string): NativeResult {
  const timing = { fastest: median, extra: 0, interval: [0.9, 1.1] as const };
  const timings = [
    { ...timing, name: 'node, raw ops', median, ratio: 1 },
    { ...timing, name: 'wasm, raw ops', median: 3000, ratio: 1.5 },
  ];
  const facts = { packageName: 'tfjs-node', tensorflow: '2.15.1', threads: 2, ...(gpu !== undefined && { gpu }) };
  return { facts, models: [{ name: 'mlp', title: 'MLP', loss: 2, timings }] };
}

const soak: NativeSoakResult = {
  steps: 6000,
  tensorflow: '2.15.1',
  samples: [1, 2, 3, 4, 5, 6].map((i) => ({
    step: 1000 * i,
    tensors: 16,
    nativeTensors: 16,
    jsHeapBytes: 2 ** 25,
    residentBytes: 2 ** 28,
  })),
  growth: 0,
  leaks: [],
};

const results: Readonly<Record<string, unknown>> = {
  native: native(2000),
  'native-gpu': native(500, 'a card'),
  'native-soak': soak,
};

const pageOf = (names: readonly string[], cpu = machine.cpu): string =>
  renderNativePage((name) =>
    names.includes(name)
      ? { machine: name === 'native' ? { ...machine, cpu } : machine, results: results[name] }
      : null,
  );

describe('renderNativePage', () => {
  it('says what was not measured, and how to measure it', () => {
    const page = pageOf([]);
    expect(page.match(/^## .*/gm)).toHaveLength(3);
    expect(page.match(/^Not measured yet: /gm)).toHaveLength(3);
    expect(page).toContain('`pnpm native-tensorflow gpu && pnpm bench native --gpu` does that');
  });

  it('holds every column against TensorFlow', () => {
    const page = pageOf(['native']);
    expect(page).toContain('tfjs-node on TensorFlow 2.15.1, on the CPU, 2 threads.');
    expect(page).toContain('| MLP | node, raw ops | 2.00 ms | 1.000 (0.900–1.100) |');
    expect(page).toContain('|  | wasm, raw ops | 3.00 ms | 1.500 (0.900–1.100) |');
    expect(page).toContain('Measured on 2020-02-02 at commit 0123456789ab: A processor, 2 cores');
  });

  it('puts the CPU beside the GPU where both are of one machine', () => {
    expect(pageOf(['native', 'native-gpu'])).toContain(
      '|  | node on the CPU, raw ops | 2.00 ms | 4.000, of another run |',
    );
    expect(pageOf(['native', 'native-gpu'])).toContain('on a GPU, a card.');
    expect(pageOf(['native', 'native-gpu'], 'Another')).not.toContain('of another run');
  });

  it('shows every fifth sample of the many steps, and the first and the last', () => {
    const page = pageOf(['native-soak']);
    expect(page).toContain(
      '6000 steps on TensorFlow 2.15.1. Nothing leaks: since step 1000 the process has changed by 0.0 %.',
    );
    expect(page.match(/^\| \d+ \| 16 \|/gm)).toEqual(['| 1000 | 16 |', '| 5000 | 16 |', '| 6000 | 16 |']);
  });
});
