import { ValueError } from '@sonnetjs/core';
import { describe, expect, it } from 'vitest';
import { type AffineConstraintMatrix, AffineWarpConstraints } from './affine-warp-constraints.ts';

const of = (constraints: AffineConstraintMatrix): AffineWarpConstraints => new AffineWarpConstraints({ constraints });

describe('AffineWarpConstraints', () => {
  it('says which entries are free', () => {
    const constraints = of([
      [null, 1, undefined],
      [0, null, -2.5],
    ]);
    expect(constraints.constraints).toEqual([
      [null, 1, null],
      [0, null, -2.5],
    ]);
    expect(constraints.mask).toEqual([
      [true, false, true],
      [false, true, false],
    ]);
    expect([constraints.numDim, constraints.numFreeParams]).toEqual([2, 3]);
  });

  it('takes any nested iterable, and does not change with it', () => {
    const row: (number | null)[] = [null, null, 3];
    const constraints = of(new Set([row, [4, null, null]]));
    row[2] = 5;
    expect(constraints.constraints[0]).toEqual([null, null, 3]);
    expect(() => (constraints.constraints as unknown[]).push([])).toThrow(TypeError);
  });

  it.each([
    ['noConstraints', AffineWarpConstraints.noConstraints({ numDim: 1 }), [[null, null]]],
    [
      'translation2d',
      AffineWarpConstraints.translation2d({ y: 0 }),
      [
        [null, null, null],
        [null, null, 0],
      ],
    ],
    [
      'scale2d',
      AffineWarpConstraints.scale2d({ x: 2 }),
      [
        [2, null, null],
        [null, null, null],
      ],
    ],
    [
      'shear2d',
      AffineWarpConstraints.shear2d({ x: 1, y: 3 }),
      [
        [null, 1, null],
        [3, null, null],
      ],
    ],
    [
      'noShear2d',
      AffineWarpConstraints.noShear2d(),
      [
        [null, 0, null],
        [0, null, null],
      ],
    ],
    [
      'translation3d',
      AffineWarpConstraints.translation3d({ x: 1, z: 2 }),
      [
        [null, null, null, 1],
        [null, null, null, null],
        [null, null, null, 2],
      ],
    ],
    [
      'scale3d',
      AffineWarpConstraints.scale3d({ x: 1, y: 2, z: 3 }),
      [
        [1, null, null, null],
        [null, 2, null, null],
        [null, null, 3, null],
      ],
    ],
    [
      'noShear3d',
      AffineWarpConstraints.noShear3d(),
      [
        [null, 0, 0, null],
        [0, null, 0, null],
        [0, 0, null, null],
      ],
    ],
  ])('%s makes the matrix of its name', (_, constraints, expected) => {
    expect(constraints.constraints).toEqual(expected);
  });

  it('without options leaves everything free', () => {
    const expected = [
      [null, null, null],
      [null, null, null],
    ];
    expect(new AffineWarpConstraints().constraints).toEqual(expected);
    expect(AffineWarpConstraints.noConstraints().constraints).toEqual(expected);
    for (const method of ['translation2d', 'scale2d', 'shear2d'] as const) {
      expect(AffineWarpConstraints[method]().numFreeParams).toBe(6);
    }
    for (const method of ['translation3d', 'scale3d'] as const) {
      expect(AffineWarpConstraints[method]().numFreeParams).toBe(12);
    }
  });

  it('combines with others, zeros included, whichever side has them', () => {
    const [shear, shift] = [AffineWarpConstraints.noShear2d(), AffineWarpConstraints.translation2d({ x: 0, y: 7 })];
    const expected = [
      [null, 0, 0],
      [0, null, 7],
    ];
    expect(shear.combineWith(shift).constraints).toEqual(expected);
    expect(shift.combineWith(shear).constraints).toEqual(expected);
    expect(
      shift.and([
        [null, 0, 0],
        [0, null, null],
      ]).constraints,
    ).toEqual(expected);
    expect(shear.constraints).toEqual([
      [null, 0, null],
      [0, null, null],
    ]);
  });

  it('refuses to combine what contradicts', () => {
    const scale = AffineWarpConstraints.scale2d({ x: 1, y: 0 });
    expect(() => scale.combineWith(AffineWarpConstraints.scale2d({ y: 2 }))).toThrow(ValueError);
    expect(() => scale.combineWith(AffineWarpConstraints.scale2d({ y: 2 }))).toThrow(
      'incompatible constraints: the entry in row 1 and column 1 is fixed at 0 and at 2',
    );
    expect(() => scale.and(AffineWarpConstraints.noShear3d())).toThrow('of 2 dimensions cannot be combined');
  });

  it('refuses what is no matrix of N by N + 1 numbers and nulls', () => {
    const make = (constraints: unknown) => () => of(constraints as AffineConstraintMatrix);
    for (const constraints of [5, 'abc', [5], [[1, 'x']], [['1', null]], { 0: [] }]) {
      expect(make(constraints)).toThrow(TypeError);
    }
    expect(make(3)).toThrow('constraints must be a nested iterable, a list of rows; got 3 (number).');
    for (const constraints of [
      [],
      [[]],
      [[1]],
      [
        [null, null],
        [null, null],
      ],
      [[1, Number.NaN]],
      [[1, Infinity]],
    ]) {
      expect(make(constraints)).toThrow(ValueError);
    }
    expect(make([[null, null], [null]])).toThrow('N rows with N + 1 entries each');
    expect(make([[null, null], [null]])).toThrow('got 2 rows with [2, 1] entries');
    for (const numDim of [0, 1.5, -1]) {
      expect(() => AffineWarpConstraints.noConstraints({ numDim })).toThrow(ValueError);
    }
  });
});
