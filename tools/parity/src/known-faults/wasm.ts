import type { ConvolutionSettings } from '../references/convolution.ts';
import type { Activation } from '../references/epilogue.ts';
import { fault, type KnownFault } from './known-fault.ts';

/** Faults of tfjs-backend-wasm 4.22 in the kernels that the adapter has not replaced. */
export const wasmFaults: readonly KnownFault[] = [
  fault<ConvolutionSettings & { activation: Activation }>({
    ops: ['fusedConv2d'],
    parts: ['gradient'],
    reason: 'Conv2DBackpropFilter: there is no such kernel',
    when: ({ attrs }) => attrs.activation === 'linear',
  }),
  fault({
    ops: ['Conv2DBackpropFilter'],
    reason: 'there is no such kernel',
  }),
  fault<{ fillMode: string }>({
    ops: ['transform'],
    parts: ['value'],
    reason: 'Transform: reflect',
    when: ({ attrs }) => attrs.fillMode === 'reflect',
  }),
  fault<{ method: string; cropSize: readonly [number, number] }>({
    ops: ['cropAndResize'],
    parts: ['value'],
    reason:
      "CropAndResize: 'nearest' copies rows where the crop's pixels are as far apart as the image's, the wrong ones",
    when: ({ inputs: [image, boxes], attrs: { method, cropSize } }) => {
      const [width, columns] = [image?.shape[2] as number, cropSize[1]];
      const edges = (boxes?.values ?? []).map(Math.fround);
      const lengths = edges.flatMap((edge, i) => (i % 4 === 3 ? Math.fround(edge - (edges[i - 2] as number)) : []));
      const isOne = (length: number): boolean => (length * (width - 1)) / (columns - 1) === 1;
      return method === 'nearest' && ((width === 1 && columns === 1) || lengths.some(isOne));
    },
  }),
];
