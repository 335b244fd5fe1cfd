import * as tf from '@tensorflow/tfjs-core';
import { peakLoop, type RegisterLoop } from './limits/peak.ts';
import { type MeasureOptions, measure } from './measuring/measure.ts';
import { filledValues } from './measuring/values.ts';
import { loadStock, type Tfjs } from './stock/stock-tfjs.ts';

/** One matrix product or convolution, against stock and against the peak of the machine. */
export interface ProductResult {
  readonly title: string;
  /** Floating point operations of a call, in millions. */
  readonly megaflops: number;
  readonly oursMicroseconds: number;
  readonly stockMicroseconds: number | null;
  readonly oursGflops: number;
  readonly stockGflops: number | null;
  /** The loop in registers that ran beside it. */
  readonly peak: string;
  readonly peakGflops: number;
  /** Our rate ÷ that of the peak: the median over the rounds, and its 95 % interval. */
  readonly share: number;
  readonly shareInterval: readonly [low: number, high: number];
}

/** The same work on ours and on stock. Stock may lack it. */
export interface Product {
  readonly title: string;
  readonly flops: number;
  readonly ours: () => void;
  readonly stock: (() => void) | null;
}

const orientations = [
  { name: 'A·B', transposeA: false, transposeB: false },
  { name: 'A·Bᵀ', transposeA: false, transposeB: true },
  { name: 'Aᵀ·B', transposeA: true, transposeB: false },
  { name: 'Aᵀ·Bᵀ', transposeA: true, transposeB: true },
];

/** Times matrix products of 256³ and 512³ in all orientations. */
export async function gemm(options: MeasureOptions): Promise<ProductResult[]> {
  const stock = await loadStock('bundled');
  const peak = peakLoop();
  return [256, 512].flatMap((size) =>
    orientations.map(({ name, transposeA, transposeB }) => {
      const run = (library: Tfjs): (() => void) => {
        const [a, b] = [1, 2].map((seed) => library.tensor2d(filledValues(size * size, { seed }), [size, size])) as [
          tf.Tensor2D,
          tf.Tensor2D,
        ];
        return () => library.matMul(a, b, transposeA, transposeB).dispose();
      };
      const product = { title: `${name}, ${size}³`, flops: 2 * size ** 3, ours: run(tf), stock: run(stock) };
      return timeProduct(product, peak, options);
    }),
  );
}

/** Times a product beside the peak loop and beside stock. */
export function timeProduct(product: Product, peak: RegisterLoop, options: MeasureOptions): ProductResult {
  const { title, flops, ours, stock } = product;
  const variants = { peak: peak.run, ours, ...(stock === null ? {} : { stock }) };
  const [peakTiming, oursTiming, stockTiming] = measure(variants, { sampleMs: 4, warmUpMs: 200, ...options });
  if (peakTiming === undefined || oursTiming === undefined) throw new Error('A variant was not timed.');
  const gflops = (microseconds: number): number => flops / microseconds / 1000;
  const scale = flops / peak.operations;
  const [low, high] = oursTiming.interval;
  return {
    title,
    megaflops: flops / 1e6,
    oursMicroseconds: oursTiming.median,
    stockMicroseconds: stockTiming?.median ?? null,
    oursGflops: gflops(oursTiming.median),
    stockGflops: stockTiming === undefined ? null : gflops(stockTiming.median),
    peak: peak.name,
    peakGflops: peak.operations / peakTiming.median / 1000,
    share: scale / oursTiming.ratio,
    shareInterval: [scale / high, scale / low],
  };
}
