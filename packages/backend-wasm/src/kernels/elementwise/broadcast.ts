import * as tf from '@tensorflow/tfjs-core';

/** How two broadcast tensors are walked: a grid of rows and columns, and offsets (in elements) where grids begin. */
export interface BroadcastPlan {
  readonly shape: number[];
  readonly rows: number;
  readonly columns: number;
  /** How far the elements of a row are apart in each operand: 1, or 0 where one element serves the whole row. */
  readonly aColumn: 0 | 1;
  readonly bColumn: 0 | 1;
  /** How far rows are apart in each operand; 0 where one row serves all. */
  readonly aRow: number;
  readonly bRow: number;
  /** The grids, each with the place of its first element in both operands. */
  readonly grids: readonly { readonly a: number; readonly b: number }[];
}

interface Axis {
  readonly length: number;
  readonly a: boolean;
  readonly b: boolean;
}

/**
 * Plans the walk through two tensors that are broadcast against each other.
 *
 * @throws Error from tfjs when the shapes cannot be broadcast.
 */
export function planBroadcast(aShape: readonly number[], bShape: readonly number[]): BroadcastPlan {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape([...aShape], [...bShape]);
  const axes = joinAxes(shape, aShape, bShape);
  const inner = axes.pop() ?? { length: 1, a: true, b: true };
  const middle = axes.pop() ?? { length: 1, a: false, b: false };
  const aInner = inner.a ? inner.length : 1;
  const bInner = inner.b ? inner.length : 1;
  const aGrid = middle.a ? middle.length * aInner : aInner;
  const bGrid = middle.b ? middle.length * bInner : bInner;
  return {
    shape,
    rows: middle.length,
    columns: inner.length,
    aColumn: inner.a ? 1 : 0,
    bColumn: inner.b ? 1 : 0,
    aRow: middle.a ? aInner : 0,
    bRow: middle.b ? bInner : 0,
    grids: placeGrids(axes, aGrid, bGrid),
  };
}

/** The axes of the result without those of length 1, neighbours joined where both operands treat them alike. */
function joinAxes(shape: readonly number[], aShape: readonly number[], bShape: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((length, i) => {
    if (length === 1) return;
    const a = (aShape[i - shape.length + aShape.length] ?? 1) !== 1;
    const b = (bShape[i - shape.length + bShape.length] ?? 1) !== 1;
    const last = axes.at(-1);
    if (last !== undefined && last.a === a && last.b === b) axes.pop();
    axes.push({ length: last !== undefined && last.a === a && last.b === b ? last.length * length : length, a, b });
  });
  return axes;
}

function placeGrids(
  axes: readonly Axis[],
  aGrid: number,
  bGrid: number,
): readonly { readonly a: number; readonly b: number }[] {
  let grids = [{ a: 0, b: 0 }];
  let [aStride, bStride] = [aGrid, bGrid];
  for (const { length, a, b } of [...axes].reverse()) {
    const steps = Array.from({ length }, (_, k) => ({ a: a ? k * aStride : 0, b: b ? k * bStride : 0 }));
    grids = steps.flatMap((step) => grids.map((grid) => ({ a: grid.a + step.a, b: grid.b + step.b })));
    if (a) aStride *= length;
    if (b) bStride *= length;
  }
  return grids;
}
