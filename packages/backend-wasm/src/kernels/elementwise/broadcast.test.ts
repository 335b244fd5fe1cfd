import { describe, expect, it } from 'vitest';
import { planBroadcast } from './broadcast.ts';

/** The elements of a and b that meet, in the order of the result, read off a plan. */
function pairs(aShape: number[], bShape: number[]): [number, number][] {
  const plan = planBroadcast(aShape, bShape);
  const found: [number, number][] = [];
  for (const grid of plan.grids) {
    for (let row = 0; row < plan.rows; row++) {
      for (let column = 0; column < plan.columns; column++) {
        found.push([
          grid.a + row * plan.aRow + column * plan.aColumn,
          grid.b + row * plan.bRow + column * plan.bColumn,
        ]);
      }
    }
  }
  return found;
}

/** The same by the definition of broadcasting. */
function expectedPairs(aShape: number[], bShape: number[], shape: number[]): [number, number][] {
  const place = (operand: number[], position: number[]): number =>
    operand.reduce((offset, length, axis) => {
      const index = position[axis - operand.length + position.length] ?? 0;
      return offset * length + (length === 1 ? 0 : index);
    }, 0);
  let positions: number[][] = [[]];
  for (const length of shape) positions = positions.flatMap((p) => Array.from({ length }, (_, i) => [...p, i]));
  return positions.map((position) => [place(aShape, position), place(bShape, position)]);
}

describe('planBroadcast', () => {
  it.each([
    [[], []],
    [[4], []],
    [[], [4]],
    [[2, 3], [3]],
    [
      [2, 3],
      [2, 1],
    ],
    [
      [2, 1],
      [1, 3],
    ],
    [
      [2, 1, 4],
      [3, 1],
    ],
    [
      [2, 3, 4, 5],
      [3, 1, 5],
    ],
    [
      [2, 1, 4, 1, 3],
      [1, 5, 1, 2, 1],
    ],
    [
      [1, 1, 3],
      [2, 1, 1],
    ],
    [[0, 3], [3]],
  ])('walks %j with %j', (aShape, bShape) => {
    const { shape } = planBroadcast(aShape, bShape);
    expect(pairs(aShape, bShape)).toEqual(expectedPairs(aShape, bShape, shape));
  });

  it('needs one grid for the shapes that occur most', () => {
    for (const [a, b] of [
      [[32, 28, 28, 64], [64]],
      [
        [32, 28, 28, 64],
        [32, 28, 28, 1],
      ],
      [[32, 28, 28, 64], []],
    ] as const) {
      expect(planBroadcast([...a], [...b]).grids).toHaveLength(1);
    }
  });

  it('refuses shapes that do not fit', () => {
    expect(() => planBroadcast([2, 3], [2])).toThrow('could not be broadcast');
  });
});
