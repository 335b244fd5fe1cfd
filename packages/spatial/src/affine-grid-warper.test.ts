import {
  Graph,
  IncompatibleShapeError,
  minimize,
  NotImplementedError,
  resetDefaultGraph,
  SonnetError,
  ValueError,
} from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { AffineGridWarper } from './affine-grid-warper.ts';
import { AffineWarpConstraints } from './affine-warp-constraints.ts';
import { resampler } from './resampler.ts';

const IDENTITY = [1, 0, 0, 0, 1, 0];

beforeEach(() => {
  resetDefaultGraph();
});

/** The points of a warped grid in the plane, computed one by one. */
function planeGrid([height, width]: number[], [rows, columns]: number[], [a, b, tx, c, d, ty]: number[]): number[] {
  const at = (i: number, count = 0): number => (count > 1 ? -1 + (2 * i) / (count - 1) : -1);
  const pixel = (value: number, size = 0): number => ((value + 1) * (size - 1)) / 2;
  const points: number[] = [];
  for (let i = 0; i < (rows ?? 0); i++) {
    for (let j = 0; j < (columns ?? 0); j++) {
      const [x, y] = [at(j, columns), at(i, rows)];
      points.push(pixel((a ?? 0) * x + (b ?? 0) * y + (tx ?? 0), width));
      points.push(pixel((c ?? 0) * x + (d ?? 0) * y + (ty ?? 0), height));
    }
  }
  return points;
}

function expectClose(got: tf.Tensor, expected: readonly number[]): void {
  const values = [...got.dataSync()];
  expect(values.length).toBe(expected.length);
  const worst = Math.max(0, ...values.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN))));
  expect(worst).toBeLessThan(1e-4);
}

describe('AffineGridWarper', () => {
  it.each([
    [
      [4, 5],
      [3, 2],
    ],
    [
      [7, 3],
      [1, 4],
    ],
    [
      [1, 6],
      [2, 2],
    ],
  ])('warps grids of a source %j and an output %j', (source, output) => {
    const matrices = [IDENTITY, [0.5, -0.25, 1, 2, -1.5, 0.125]];
    const grid = new AffineGridWarper(source, output)(tf.tensor2d(matrices));
    expect(grid.shape).toEqual([2, ...output, 2]);
    expectClose(
      grid,
      matrices.flatMap((matrix) => planeGrid(source, output, matrix)),
    );
  });

  it('fills in the entries that are fixed', () => {
    const constraints = [
      [null, 0.1, null],
      [-0.2, null, 0.5],
    ];
    const warper = new AffineGridWarper([4, 5], [3, 3], { constraints });
    expect(warper.constraints.numFreeParams).toBe(3);
    expectClose(warper(tf.tensor2d([[2, 3, 4]])), planeGrid([4, 5], [3, 3], [2, 0.1, 3, -0.2, 4, 0.5]));
  });

  it('fills in rows that are fixed altogether', () => {
    const constraints = [
      [1, 0, 0.5],
      [null, 1, 0],
    ];
    const warper = new AffineGridWarper([4, 4], [2, 2], { constraints });
    expectClose(warper(tf.tensor2d([[3]])), planeGrid([4, 4], [2, 2], [1, 0, 0.5, 3, 1, 0]));
    expect(warper.psi[0]).toBeNull();
    expect((warper.psi[2] as tf.Tensor).shape).toEqual([4]);
  });

  it('warps volumes, and planes and lines inside them', () => {
    const identity = tf.tensor2d([[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]]);
    const volume = new AffineGridWarper([2, 2, 3], [2, 2, 2])(identity);
    expect(volume.shape).toEqual([1, 2, 2, 2, 3]);
    const points = (volume.arraySync() as number[][][][][]).flat(3);
    expect(new Set(points.map((point) => point.join())).size).toBe(8);
    expect(points[0]).toEqual([0, 0, 0]);
    expect(points[7]).toEqual([2, 1, 1]);
    expect(new AffineGridWarper([3, 3, 3], [2, 4])(identity).shape).toEqual([1, 2, 4, 3]);
    expect(new AffineGridWarper([3, 3, 3], [4])(identity).arraySync()).toEqual([
      [0, 2 / 3, 4 / 3, 2].map((x) => [expect.closeTo(x, 5), 1, 1]),
    ]);
  });

  it('counts the coefficients of the whole matrix', () => {
    expect(new AffineGridWarper([3, 3], [2, 2]).nCoeff).toBe(6);
    expect(new AffineGridWarper([3, 3, 3], [2, 2]).nCoeff).toBe(12);
    const constraints = AffineWarpConstraints.noShear2d();
    expect(new AffineGridWarper([3, 3], [2, 2], { constraints }).nCoeff).toBe(6);
  });

  it('shares its constants with its like, leaves nothing else behind, and has no variables', () => {
    const graph = new Graph();
    const before = tf.memory().numTensors;
    graph.asDefault(() => {
      const [warper, other] = [new AffineGridWarper([4, 4], [3, 3]), new AffineGridWarper([4, 4], [3, 3])];
      const identity = tf.tensor2d([IDENTITY]);
      tf.tidy(() => void warper(identity));
      tf.dispose(expectNoLeak(() => [warper(identity), other(identity)]));
      expect(warper.variables).toEqual([]);
      identity.dispose();
    });
    graph.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses inputs that are not its parameters', () => {
    const warper = new AffineGridWarper([4, 4], [3, 3], { constraints: AffineWarpConstraints.noShear2d(), name: 'w' });
    expect(() => warper(tf.zeros([2, 6]))).toThrow(SonnetError);
    expect(() => warper(tf.zeros([2, 6]))).toThrow('AffineGridWarper "w": the size of inputs is not consistent');
    expect(() => warper(tf.zeros([2, 6]))).toThrow('4 parameters expected, 6 provided (inputs [2, 6])');
    expect(() => warper(tf.zeros([4]))).toThrow(IncompatibleShapeError);
    expect(() => warper(tf.zeros([1, 4], 'int32'))).toThrow(ValueError);
    expect(() => warper([1, 0, 1, 0] as unknown as tf.Tensor)).toThrow(TypeError);
    expect(warper.isConnected).toBe(false);
  });

  it('refuses constraints and domains that do not fit, and takes no name then', () => {
    const make = (source: unknown, output: unknown, constraints?: unknown) => () =>
      new AffineGridWarper(source as number[], output as number[], { constraints } as object);
    expect(make([4, 4], [2, 2, 2])).toThrow('output domain (3) must be equal to or smaller than that of the source');
    expect(
      make(
        [4, 4],
        [2, 2],
        [
          [1, 0, 0],
          [0, 1, 0],
        ],
      ),
    ).toThrow('fully constrained');
    expect(make([4, 4], [2, 2], AffineWarpConstraints.noShear3d())).toThrow('3 dimensions, but sourceShape has 2');
    for (const arguments_ of [
      [
        [4, 4],
        [2, 2, 2],
      ],
      [
        [4, 4],
        [2, 2],
        [
          [1, 0, 0],
          [0, 1, 0],
        ],
      ],
    ] as const) {
      expect(make(...(arguments_ as [unknown, unknown]))).toThrow(SonnetError);
    }
    expect(make([4, 4], [2, 2], 3)).toThrow(TypeError);
    expect(make(4, [2, 2])).toThrow(TypeError);
    expect(make([4, 4], [2, 2], [[null]])).toThrow(ValueError);
    expect(make([4, 0], [2, 2])).toThrow(ValueError);
    expect(new AffineGridWarper([4, 4], [2, 2]).moduleName).toBe('affine_grid_warper');
  });
});

describe('the inverse of an AffineGridWarper', () => {
  it('undoes the transformation', () => {
    const parameters = tf.tensor2d([[0.8, 0.3, 0.2, -0.4, 1.2, -0.1]]);
    const warper = new AffineGridWarper([5, 5], [5, 5]);
    const [there, back] = [warper(parameters), warper.inverse()(parameters)];
    // Where (1, 2) of the output lies in the source, interpolated in the grid back, is (1, 2) again.
    const image = tf.reshape(tf.tensor(back.dataSync()), [1, 5, 5, 2]);
    const point = tf.reshape(tf.slice(there, [0, 2, 1, 0], [1, 1, 1, 2]), [1, 1, 2]);
    expectClose(resampler(image, point), [1, 2]);
  });

  it('takes the parameters of the warper, constrained as they are', () => {
    const constraints = [
      [2, 0, null],
      [0, null, 0.5],
    ];
    const warper = new AffineGridWarper([3, 5], [4, 2], { constraints });
    const inverse = warper.inverse({ name: 'back' });
    expect([inverse.moduleName, warper.inverse().moduleName]).toEqual(['back', 'affine_grid_warper_inverse']);
    const grid = inverse(tf.tensor2d([[0.6, 4]]));
    expect(grid.shape).toEqual([1, 3, 5, 2]);
    expectClose(grid, planeGrid([4, 2], [3, 5], [0.5, 0, -0.3, 0, 0.25, -0.125]));
    expect(() => inverse(tf.zeros([1, 6]))).toThrow('Module "back": the size of inputs is not consistent');
  });

  it('leaves nothing behind, however often it is connected', () => {
    const inverse = new AffineGridWarper([3, 3], [4, 4]).inverse();
    const identity = tf.tensor2d([IDENTITY]);
    inverse(identity).dispose();
    expectNoLeak(() => inverse(identity)).dispose();
  });

  it('is there in the plane only', () => {
    const volume = new AffineGridWarper([3, 3, 3], [3, 3, 3]);
    expect(() => volume.inverse()).toThrow(NotImplementedError);
    expect(() => volume.inverse()).toThrow('in 2 dimensions only; this warper has 3 (sourceShape [3, 3, 3])');
    expect(() => new AffineGridWarper([3, 3], [9]).inverse()).toThrow(SonnetError);
  });
});

describe('a spatial transformer', () => {
  it('learns where the bright spot of an image is', () => {
    resetDefaultGraph({ seed: 3 });
    const spots = tf.tidy(() => {
      const centres = [2, 3, 4, 5, 6].flatMap((x) => [3, 4, 5].map((y) => [x, y]));
      const images = centres.map(([x = 0, y = 0]) =>
        tf.exp(
          tf.neg(tf.add(tf.square(tf.sub(tf.range(0, 9), x)), tf.expandDims(tf.square(tf.sub(tf.range(0, 9), y)), 1))),
        ),
      );
      return tf.expandDims(tf.stack(images), 3) as tf.Tensor4D;
    });
    const constraints = AffineWarpConstraints.scale2d({ x: 0.25, y: 0.25 }).and(AffineWarpConstraints.noShear2d());
    const warper = new AffineGridWarper([9, 9], [3, 3], { constraints });
    const locate = new Linear(2);
    const optimizer = tf.train.adam(0.05);
    const loss = (): tf.Scalar =>
      tf.tidy(() => {
        const parameters = locate(tf.reshape(spots, [-1, 81]));
        const cropped = resampler(spots, warper(parameters));
        return tf.neg(tf.mean(tf.slice(cropped, [0, 1, 1, 0], [-1, 1, 1, 1]))) as tf.Scalar;
      });
    const first = loss().dataSync()[0] ?? 0;
    for (let step = 0; step < 100; step++) minimize(optimizer, loss);
    expect(first).toBeGreaterThan(-0.6);
    expect(loss().dataSync()[0]).toBeLessThan(-0.9);
    spots.dispose();
  });
});
