import { describe, expect, it } from 'vitest';
import { onCpu, onOwnKernels, onStockKernels, onTensorFlow, reportIn, type TrainingReport } from './training-report.ts';

const own: TrainingReport = {
  backend: 'wasm',
  simd: true,
  missingKernels: ['FFT'],
  passedOver: [],
  first: 0.5,
  last: 0.01,
};
const stock: TrainingReport = { ...own, missingKernels: ['UnsortedSegmentSum'], limitations: ['no SIMD'] };
const cpu: TrainingReport = { ...own, backend: 'cpu', passedOver: [{ name: 'wasm', reason: 'no WebAssembly' }] };

describe('onOwnKernels', () => {
  it('takes a report of own kernels and a loss that fell', () => {
    expect(onOwnKernels(own)).toBe('own kernels, loss 0.500 to 0.010');
  });

  it('refuses other backends, stock kernels and limitations', () => {
    const { limitations: _, ...silent } = stock;
    for (const report of [cpu, stock, silent, { ...own, limitations: ['slow'] }, { ...own, simd: false }]) {
      expect(() => onOwnKernels(report)).toThrow('own kernels do not run');
    }
  });

  it('refuses a loss that did not fall, or is no number', () => {
    for (const last of [0.5, Number.NaN]) expect(() => onOwnKernels({ ...own, last })).toThrow('it does not learn');
  });
});

it('onStockKernels wants the reason among the limitations', () => {
  expect(onStockKernels(stock, /SIMD/)).toMatch(/^stock kernels \(no SIMD\)/);
  for (const report of [own, cpu]) expect(() => onStockKernels(report, /SIMD/)).toThrow('unexpected');
});

it('onCpu wants wasm passed over for the reason', () => {
  expect(onCpu(cpu, /WebAssembly/)).toMatch(/^cpu \(no WebAssembly\)/);
  for (const report of [own, { ...cpu, passedOver: [] }]) {
    expect(() => onCpu(report, /WebAssembly/)).toThrow('unexpected');
  }
});

it('onTensorFlow wants TensorFlow, and a loss that fell', () => {
  const native: TrainingReport = { ...own, backend: 'node' };
  expect(onTensorFlow(native)).toBe('loss 0.500 to 0.010');
  expect(() => onTensorFlow(own)).toThrow('unexpected');
  expect(() => onTensorFlow({ ...native, last: 0.4 })).toThrow('it does not learn');
});

it('reportIn finds the report among warnings', () => {
  expect(reportIn(`(node:1) a warning\n${JSON.stringify(own)}\n(use --trace-warnings)\n`)).toEqual(own);
  expect(() => reportIn('nothing')).toThrow('there is no report:\nnothing');
});
