import type { GeneratedFunction, Runtime } from '../../runtime/runtime.ts';
import type { Start } from '../contraction/product.ts';
import type { Phase, WindowAxis } from './correlation.ts';
import { axisFields, direct, otherFields, tableBytes } from './emit-direct.ts';

type Three<T> = readonly [T, T, T];

/** Windows on a batch of images or volumes. */
export interface DirectWindows {
  readonly batch: number;
  readonly axes: Three<WindowAxis>;
  readonly channels: number;
}

/** How one axis is walked: the bytes from position to position, from tap to tap and from result to result. */
type DirectAxis = WindowAxis & Readonly<Record<'xStep' | 'filterStep' | 'outputStep', number>>;

/** A walk through windows as the generated function takes it. */
export interface DirectWalk {
  readonly axes: Three<DirectAxis>;
  readonly others: Readonly<Record<(typeof otherFields)[number], number>>;
  /** How many bytes the first tap is into the filter, and the first result into the output. */
  readonly filterOffset: number;
  readonly outputOffset: number;
}

/** The axis that images have less than volumes. */
export const singleAxis: WindowAxis = { length: 1, before: 0, windows: 1, stride: 1, taps: 1, dilation: 1 };

/** From so many multiplications on a product of matrices is faster. */
const mostMultiplications = 2048;

/** How many tables stay in memory. */
const slots = 64;

interface Plan {
  readonly walk: DirectWalk;
  readonly table: readonly number[];
  slot: number;
}

/** Convolutions that are too small for a product of matrices, and their gradients, element by element. */
export class DirectConvolution {
  readonly #runtime: Runtime;
  readonly #run: GeneratedFunction;
  readonly #tables: number;
  readonly #plans = new WeakMap<object, Plan | 'large'>();
  readonly #placed: Plan[] = [];
  #nextSlot = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#run = runtime.generated(direct);
    this.#tables = runtime.heap.reserve(slots * tableBytes);
  }

  /**
   * Does what a walk says, if it is small.
   *
   * @param key What the walk depends on.
   * @returns Whether it was done.
   */
  run(key: object, describe: () => DirectWalk, x: number, filter: number, output: number, start: Start): boolean {
    const known = this.#plans.get(key);
    if (known === 'large') return false;
    const plan = known ?? this.#plan(key, describe());
    if (plan === undefined) return false;
    const { filterOffset, outputOffset } = plan.walk;
    const { address, row, column } = start;
    this.#run(this.#place(plan), x, filter + filterOffset, output + outputOffset, address, row, column);
    return true;
  }

  #plan(key: object, walk: DirectWalk): Plan | undefined {
    const { items, summands, columns } = walk.others;
    const products = walk.axes.reduce((count, { windows, taps }) => count * windows * taps, items * summands * columns);
    if (products > mostMultiplications) {
      this.#plans.set(key, 'large');
      return undefined;
    }
    const ofAxes = walk.axes.flatMap((axis) => axisFields.map((field) => axis[field]));
    const plan = { walk, table: [...ofAxes, ...otherFields.map((field) => walk.others[field])], slot: 0 };
    this.#plans.set(key, plan);
    return plan;
  }

  /** The address of a table, which stays in memory until many others have been put there. */
  #place(plan: Plan): number {
    if (this.#placed[plan.slot] !== plan) {
      plan.slot = this.#nextSlot;
      this.#nextSlot = (this.#nextSlot + 1) % slots;
      this.#placed[plan.slot] = plan;
      this.#runtime.heap.integers(this.#tables + plan.slot * tableBytes, plan.table.length).set(plan.table);
    }
    return this.#tables + plan.slot * tableBytes;
  }
}

/** The bytes from element to element along each of three axes that follow each other, and of all of them. */
function stepsOf(
  lengths: Three<number>,
  elementBytes: number,
): { readonly steps: Three<number>; readonly all: number } {
  const [depth, rows, columns] = lengths;
  const row = columns * elementBytes;
  return { steps: [rows * row, row, elementBytes], all: depth * rows * row };
}

function mapAxes<T, R>(axes: Three<T>, map: (axis: T, index: 0 | 1 | 2) => R): Three<R> {
  return [map(axes[0], 0), map(axes[1], 1), map(axes[2], 2)];
}

/** All windows times a filter [taps, channels, outChannels]: gives [windows, outChannels]. */
export function forwardWalk({ batch, axes, channels }: DirectWindows, outChannels: number): DirectWalk {
  const x = stepsOf(
    mapAxes(axes, ({ length }) => length),
    4 * channels,
  );
  const filter = stepsOf(
    mapAxes(axes, ({ taps }) => taps),
    4 * channels * outChannels,
  );
  const output = stepsOf(
    mapAxes(axes, ({ windows }) => windows),
    4 * outChannels,
  );
  return {
    axes: mapAxes(axes, (axis, i) => ({
      ...axis,
      xStep: x.steps[i],
      filterStep: filter.steps[i],
      outputStep: output.steps[i],
    })),
    others: {
      ...{ items: batch, itemX: x.all, itemOutput: output.all },
      ...{ summands: channels, summandX: 4, summandFilter: 4 * outChannels },
      ...{ columns: outChannels, columnFilter: 4 },
    },
    filterOffset: 0,
    outputOffset: 0,
  };
}

/**
 * The gradient by the filter, [taps, channels, outChannels]: a tap is a window, and its own taps are what it met in all windows. The
 * gradient of the results is the filter.
 */
export function filterWalk({ batch, axes, channels }: DirectWindows, outChannels: number): DirectWalk {
  const x = stepsOf(
    mapAxes(axes, ({ length }) => length),
    4 * channels,
  );
  const slopes = stepsOf(
    mapAxes(axes, ({ windows }) => windows),
    4 * outChannels,
  );
  const output = stepsOf(
    mapAxes(axes, ({ taps }) => taps),
    4 * channels * outChannels,
  );
  return {
    axes: mapAxes(axes, ({ length, before, windows, stride, taps, dilation }, i) => ({
      ...{ length, before, windows: taps, stride: dilation, taps: windows, dilation: stride },
      ...{ xStep: x.steps[i], filterStep: slopes.steps[i], outputStep: output.steps[i] },
    })),
    others: {
      ...{ items: channels, itemX: 4, itemOutput: 4 * outChannels },
      ...{ summands: batch, summandX: x.all, summandFilter: slopes.all },
      ...{ columns: outChannels, columnFilter: 4 },
    },
    filterOffset: 0,
    outputOffset: 0,
  };
}

/** A phase of the gradient by the input, which is walked as windows on the gradient of the results. */
export function inputWalk(windows: DirectWindows, phases: Three<Phase>, outChannels: number): DirectWalk {
  const { batch, axes, channels } = windows;
  const slopes = stepsOf(
    mapAxes(axes, (axis) => axis.windows),
    4 * outChannels,
  );
  const filter = stepsOf(
    mapAxes(axes, ({ taps }) => taps),
    4 * channels * outChannels,
  );
  const output = stepsOf(
    mapAxes(axes, ({ length }) => length),
    4 * channels,
  );
  const sum = (terms: Three<number>): number => terms[0] + terms[1] + terms[2];
  return {
    axes: mapAxes(phases, ({ axis, tapStep, step }, i) => ({
      ...axis,
      xStep: slopes.steps[i],
      filterStep: -tapStep * filter.steps[i],
      outputStep: step * output.steps[i],
    })),
    others: {
      ...{ items: batch, itemX: slopes.all, itemOutput: output.all },
      ...{ summands: outChannels, summandX: 4, summandFilter: 4 },
      ...{ columns: channels, columnFilter: 4 * outChannels },
    },
    filterOffset: sum(
      mapAxes(phases, ({ axis, firstTap, tapStep }, i) => (firstTap + (axis.taps - 1) * tapStep) * filter.steps[i]),
    ),
    outputOffset: sum(mapAxes(phases, ({ first }, i) => first * output.steps[i])),
  };
}
