import * as tf from '@tensorflow/tfjs-core';
import { type Product, type ProductResult, timeProducts } from './gemm.ts';
import type { MeasureOptions } from './measuring/measure.ts';
import { filledValues } from './measuring/values.ts';
import { registerStockFilterGradient } from './stock/filter-gradient.ts';
import { loadStock, type Tfjs } from './stock/stock-tfjs.ts';

/** A convolution with stride 1 that keeps the size of its images. */
interface Geometry {
  readonly batch: number;
  readonly size: number;
  readonly filter: number;
  readonly inputs: number;
  readonly outputs: number;
}

const geometries: readonly Geometry[] = [
  // The two layers of the ConvNet that is trained.
  { batch: 32, size: 28, filter: 3, inputs: 1, outputs: 32 },
  { batch: 32, size: 14, filter: 3, inputs: 32, outputs: 64 },
  { batch: 8, size: 32, filter: 3, inputs: 64, outputs: 64 },
  { batch: 8, size: 14, filter: 5, inputs: 32, outputs: 64 },
  { batch: 8, size: 28, filter: 1, inputs: 64, outputs: 128 },
];

const parts = ['forward', 'gradient by the input', 'gradient by the filter'] as const;

/** Times convolutions, and their gradients as a training step computes them. */
export async function convolution(options: MeasureOptions): Promise<ProductResult[]> {
  const stock = await loadStock('bundled');
  registerStockFilterGradient(stock, 'convolution');
  const products = geometries.flatMap((geometry): Product[] => {
    const { batch, size, filter, inputs, outputs } = geometry;
    const flops = 2 * batch * size ** 2 * filter ** 2 * inputs * outputs;
    const [ours, theirs] = [runs(tf, geometry), runs(stock, geometry)];
    return parts.map((part, i) => {
      const title = `${filter}×${filter}, ${inputs} → ${outputs}, ${batch}×${size}×${size}: ${part}`;
      return { title, flops, ours: ours[i] as Run, stock: theirs[i] as Run };
    });
  });
  return timeProducts(products, options);
}

type Run = () => void;

/** Runs of each of the {@link parts}. */
function runs(library: Tfjs, { batch, size, filter, inputs, outputs }: Geometry): Run[] {
  const make = (seed: number, shape: [number, number, number, number]): tf.Tensor4D =>
    library.tensor4d(filledValues(library.util.sizeFromShape(shape), { seed }), shape);
  const x = make(1, [batch, size, size, inputs]);
  const w = make(2, [filter, filter, inputs, outputs]);
  const dy = make(3, [batch, size, size, outputs]);
  const attributes = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
  const gradients = (): ReturnType<tf.GradFunc> => {
    const { gradFunc } = library.getGradient('Conv2D');
    return gradFunc(dy, [x, w], attributes);
  };
  return [
    () => library.conv2d(x, w, 1, 'same').dispose(),
    () => library.tidy(() => gradients().x?.() as tf.Tensor).dispose(),
    () => library.tidy(() => gradients().filter?.() as tf.Tensor).dispose(),
  ];
}
