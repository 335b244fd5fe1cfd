import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Entry, entry, type OpCase } from '../../entry.ts';
import { type Expected, elementwiseTolerance, exactly } from '../../expected.ts';
import type { NdArray } from '../../nd-array.ts';
import { type Blend, between, blendTerms, positionError } from '../../references/resizing.ts';
import { type LinearTerms, linear, linearTransposed } from '../../references/terms.ts';
import { capped, seed, size } from '../../sizes.ts';

interface Resize {
  readonly size: [number, number];
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

type Placement = Pick<Resize, 'alignCorners' | 'halfPixelCenters'>;

const image = fc
  .tuple(fc.constantFrom(1, 2, 3), size(17), size(17), fc.constantFrom(1, 2, 3, 4, 5, 8, 9))
  .map((sizes) => capped(sizes, 900) as [number, number, number, number]);

const placement = fc.constantFrom<Placement[]>(
  { alignCorners: false, halfPixelCenters: false },
  { alignCorners: true, halfPixelCenters: false },
  { alignCorners: false, halfPixelCenters: true },
);

/** A position as a fraction `[numerator, denominator]` of whole numbers: before any rounding. */
function fraction(
  at: number,
  from: number,
  to: number,
  { alignCorners, halfPixelCenters }: Placement,
): [number, number] {
  if (alignCorners && to > 1) return [at * (from - 1), to - 1];
  return halfPixelCenters ? [(2 * at + 1) * from, 2 * to] : [at * from, to];
}

function bilinearAxis(from: number, to: number, where: Placement): Blend[] {
  return Array.from({ length: to }, (_, at) => {
    const [numerator, denominator] = fraction(at, from, to, where);
    return between(numerator / denominator - (where.halfPixelCenters ? 0.5 : 0), from);
  });
}

function nearestPosition(at: number, from: number, to: number, where: Placement): number {
  const [numerator, denominator] = fraction(at, from, to, where);
  const down = where.alignCorners
    ? Math.floor((2 * numerator + denominator) / (2 * denominator))
    : Math.floor(numerator / denominator);
  return Math.min(down, from - 1);
}

/** Whether the nearest pixel is the same however a kernel rounds its positions: none lies on the line between two. */
function isDecided(from: number, to: number, where: Placement): boolean {
  return Array.from({ length: to }, (_, at) => {
    const [numerator, denominator] = fraction(at, from, to, where);
    const shifted = where.alignCorners ? 2 * numerator + denominator : numerator;
    const divisor = where.alignCorners ? 2 * denominator : denominator;
    // Powers of two divide without rounding.
    return shifted % divisor !== 0 || shifted === 0 || Number.isInteger(Math.log2(divisor));
  }).every(Boolean);
}

/** The nearest size from a power of two on that is decided. */
function decidedSize(from: number, to: number, where: Placement): number {
  for (let candidate = to; candidate < to + 8; candidate++) if (isDecided(from, candidate, where)) return candidate;
  return where.alignCorners ? from : 2 * from;
}

function nearestAxis(from: number, to: number, where: Placement): Blend[] {
  return Array.from({ length: to }, (_, at) => [[nearestPosition(at, from, to, where), 1]] as const);
}

const cases: fc.Arbitrary<OpCase<Resize>> = fc
  .record({ image, to: fc.tuple(size(33), size(17)), placement, batched: fc.boolean(), seed })
  .map(({ image: sizes, to, placement: where, batched, seed: at }) => ({
    inputs: [{ shape: batched ? sizes : sizes.slice(1) }],
    attrs: { size: to, ...where },
    seed: at,
  }));

function withDecidedSize(call: OpCase<Resize>): OpCase<Resize> {
  const [height, width] = (call.inputs[0]?.shape.slice(-3, -1) ?? []) as [number, number];
  const [rows, columns] = call.attrs.size;
  const decided: [number, number] = [decidedSize(height, rows, call.attrs), decidedSize(width, columns, call.attrs)];
  return { ...call, attrs: { ...call.attrs, size: decided } };
}

interface Geometry {
  readonly shape: number[];
  readonly terms: LinearTerms;
  readonly inexact: number;
}

type AxisBlends = (from: number, to: number, where: Placement) => Blend[];

function geometryOf({ shape }: NdArray, attrs: Resize, axis: AxisBlends, exact: boolean): Geometry {
  const [batch, height, width, channels] = (shape.length === 3 ? [1, ...shape] : shape) as [
    number,
    number,
    number,
    number,
  ];
  const [rows, columns] = attrs.size;
  return {
    shape: [...shape.slice(0, -3), rows, columns, channels],
    terms: blendTerms([batch, height, width, channels], axis(height, rows, attrs), axis(width, columns, attrs)),
    inexact: exact ? 0 : positionError([height, width], 4),
  };
}

/** Blends are under the elementwise rule, and under what float32 positions make of their weights. */
function blended(expected: Expected, inexact: number): Expected {
  if (inexact === 0) return exactly(expected.shape, expected.data);
  return { ...expected, tolerance: expected.data.map((value) => elementwiseTolerance(value) + inexact) };
}

/** Gradients are sums over all blends that an element has a part in; every weight is as inexact as a position. */
function blendedBack(expected: Expected, terms: LinearTerms, dy: NdArray, inexact: number): Expected {
  const touching = new Float64Array(expected.data.length);
  terms((out, at) => {
    (touching[at] as number) += Math.abs(dy.data[out] as number);
  });
  const tolerance = expected.data.map((value, i) => elementwiseTolerance(value) + inexact * (touching[i] as number));
  return { ...expected, tolerance };
}

function resizeEntry(op: string, call: typeof tf.image.resizeBilinear, axis: AxisBlends, nearest: boolean): Entry {
  return entry<Resize>({
    op,
    family: 'shape',
    cases: nearest ? cases.map(withDecidedSize) : cases,
    run: ([x], attrs) => call(x as tf.Tensor4D, attrs.size, attrs.alignCorners, attrs.halfPixelCenters),
    reference: ([x], attrs) => {
      const { shape, terms, inexact } = geometryOf(x as NdArray, attrs, axis, nearest);
      return [blended(linear(shape, terms, x as NdArray), inexact)];
    },
    adjoint: ([x], attrs, [dy]) => {
      const { terms, inexact } = geometryOf(x as NdArray, attrs, axis, nearest);
      const gradient = linearTransposed((x as NdArray).shape, terms, dy as NdArray);
      return [nearest ? gradient : blendedBack(gradient, terms, dy as NdArray, inexact)];
    },
  });
}

export const resizeEntries: readonly Entry[] = [
  resizeEntry('resizeBilinear', tf.image.resizeBilinear, bilinearAxis, false),
  resizeEntry('resizeNearestNeighbor', tf.image.resizeNearestNeighbor, nearestAxis, true),
];
