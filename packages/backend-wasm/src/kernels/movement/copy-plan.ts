import type { Runtime } from '../../runtime/runtime.ts';

/** One axis of a copy: its length, and how far neighbours are apart in source and target. In elements. */
export interface CopyAxis {
  readonly length: number;
  /** 0: the same element again; negative: backwards. */
  readonly source: number;
  readonly target: number;
}

/** Copies elements along axes, the outermost first, from one address to another. */
export type CopyGrid = (source: number, target: number, axes: readonly CopyAxis[], elementBytes: number) => void;

/** The copy of elements between tensors with any strides. */
export function copyGrid({ generated }: Pick<Runtime, 'generated'>): CopyGrid {
  const [copyWords, copyBytes, transpose] = [
    generated('copyGrid/4'),
    generated('copyGrid/1'),
    generated('transposeGrid'),
  ];
  return (source, target, axes, elementBytes) => {
    if (axes.some(({ length }) => length === 0)) return;
    const joined = joinAxes(axes);
    const turned = elementBytes === 4 ? denseSourceThird(joined) : undefined;
    const run = turned !== undefined ? transpose : elementBytes === 4 ? copyWords : copyBytes;
    walk(run, source, target, turned ?? joined, elementBytes);
  };
}

/** Rows that are dense in themselves. */
export interface CopyRows {
  readonly rows: number;
  /** How many elements a row has. */
  readonly length: number;
  /** How many elements rows are apart in source and target. */
  readonly source: number;
  readonly target: number;
}

/** Copies rows of elements from one address to another. */
export type CopyDenseRows = (source: number, target: number, rows: CopyRows, elementBytes: number) => void;

/** The copy of rows, which needs no plan. */
export function copyRows({ generated }: Pick<Runtime, 'generated'>): CopyDenseRows {
  const [words, bytes] = [generated('copyGrid/4'), generated('copyGrid/1')];
  return (source, target, { rows, length, source: sourceStep, target: targetStep }, size) => {
    const run = size === 4 ? words : bytes;
    const [from, to] = [sourceStep * size, targetStep * size];
    // Rows of one element are one row whose elements are apart.
    if (length === 1) run(source, target, 1, 1, 1, rows, 0, 0, 0, from, 0, 0, 0, to);
    else if (length > 0) run(source, target, 1, 1, rows, length, 0, 0, from, size, 0, 0, to, size);
  };
}

/** The axes without those of length 1; neighbours become one where both sides step on evenly from one to the next. */
function joinAxes(axes: readonly CopyAxis[]): CopyAxis[] {
  const joined: CopyAxis[] = [];
  for (const axis of axes) {
    if (axis.length === 1) continue;
    const outer = joined.at(-1);
    const even =
      outer !== undefined && outer.source === axis.source * axis.length && outer.target === axis.target * axis.length;
    if (even) joined.pop();
    joined.push(even ? { ...axis, length: outer.length * axis.length } : axis);
  }
  return joined;
}

/** The axes in an order that `transposeGrid` takes, if the last one is dense in the target and another in the source. */
function denseSourceThird(axes: readonly CopyAxis[]): CopyAxis[] | undefined {
  const last = axes.at(-1);
  if (last === undefined || last.target !== 1 || Math.abs(last.source) <= 1 || last.length < 4) return undefined;
  const dense = axes.findIndex(({ source, length }) => source === 1 && length >= 4);
  const turning = axes[dense];
  if (turning === undefined) return undefined;
  return [...axes.slice(0, dense), ...axes.slice(dense + 1, -1), turning, last];
}

const point: CopyAxis = { length: 1, source: 0, target: 0 };

function walk(
  run: (...args: readonly number[]) => number,
  source: number,
  target: number,
  axes: readonly CopyAxis[],
  bytes: number,
): void {
  const [first, ...rest] = axes;
  if (first !== undefined && axes.length > 4) {
    for (let i = 0; i < first.length; i++) {
      walk(run, source + i * first.source * bytes, target + i * first.target * bytes, rest, bytes);
    }
    return;
  }
  const dense: CopyAxis = { length: 1, source: 1, target: 1 };
  const [a, b, c, d] =
    axes.length === 0 ? [point, point, point, dense] : [...Array(4 - axes.length).fill(point), ...axes];
  run(
    source,
    target,
    ...[a.length, b.length, c.length, d.length],
    ...[a.source, b.source, c.source, d.source].map((stride) => stride * bytes),
    ...[a.target, b.target, c.target, d.target].map((stride) => stride * bytes),
  );
}

/** How far neighbours are apart along each axis of a dense tensor. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}
