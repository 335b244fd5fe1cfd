import * as tf from '@tensorflow/tfjs-core';
import { peakLoop, type RegisterLoop } from './limits/peak.ts';
import { type MeasureOptions, measureInPasses, type Timing } from './measuring/measure.ts';
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
  const products = [256, 512].flatMap((size) =>
    orientations.map(({ name, transposeA, transposeB }) => {
      const run = (library: Tfjs): (() => void) => {
        const [a, b] = [1, 2].map((seed) => library.tensor2d(filledValues(size * size, { seed }), [size, size])) as [
          tf.Tensor2D,
          tf.Tensor2D,
        ];
        return () => library.matMul(a, b, transposeA, transposeB).dispose();
      };
      return { title: `${name}, ${size}³`, flops: 2 * size ** 3, ours: run(tf), stock: run(stock) };
    }),
  );
  return timeProducts(products, options);
}

/**
 * What is timed at once: many calls, since after the milliseconds of another variant the first call finds the caches cold; and all
 * products again and again.
 */
const productOptions = { sampleMs: 20, warmUpMs: 100, warmUp: 1 };
const passes = 4;

/** Times products beside the peak loop and beside stock. */
export function timeProducts(products: readonly Product[], options: MeasureOptions): ProductResult[] {
  const peak = peakLoop();
  const groups = products.map(({ ours, stock }) => ({
    peak: peak.run,
    ours,
    ...(stock === null ? {} : { stock }),
  }));
  const timings = measureInPasses(groups, passes, { ...productOptions, ...options });
  return products.map((product, i) => resultOf(product, peak, timings[i] ?? []));
}

function resultOf({ title, flops }: Product, peak: RegisterLoop, timings: readonly Timing[]): ProductResult {
  const [peakTiming, oursTiming, stockTiming] = timings;
  if (peakTiming === undefined || oursTiming === undefined) throw new Error(`${title} was not timed.`);
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
