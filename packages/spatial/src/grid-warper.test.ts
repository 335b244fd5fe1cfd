import { Graph, NotConnectedError, resetDefaultGraph, SonnetError, ValueError } from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type GridFeature, GridWarper } from './grid-warper.ts';

interface StepOptions {
  readonly step: number;
}

/** Moves the points of a line, which lie `step` apart, by a number. */
class Shift extends GridWarper<StepOptions> {
  calls = 0;

  constructor(sourceShape: Iterable<number>, outputShape: Iterable<number>, step = 1) {
    super(sourceShape, outputShape, 1, 'shift', { step });
  }

  protected override createFeatures({ step }: StepOptions): GridFeature[] {
    this.calls++;
    const line = tf.range(0, (this.outputShape[0] ?? 0) * step, step);
    return [tf.expandDims(line, 1), step, null];
  }

  protected override build(inputs: tf.Tensor): tf.Tensor {
    return tf.add(tf.expandDims(inputs, 1), this.psi[0] as tf.Tensor);
  }
}

beforeEach(() => {
  resetDefaultGraph();
});

describe('GridWarper', () => {
  it('gives a warper its features at every connection', () => {
    const shift = new Shift([4], [3], 2);
    const points = shift(tf.tensor2d([[0], [0.5]]));
    expect(points.arraySync()).toEqual([
      [[0], [2], [4]],
      [[0.5], [2.5], [4.5]],
    ]);
    expect([shift.sourceShape, shift.outputShape, shift.nCoeff, shift.moduleName]).toEqual([[4], [3], 1, 'shift']);
    expect(shift.psi.slice(1)).toEqual([2, null]);
  });

  it('makes the features once, and keeps their tensors for the graph', () => {
    const graph = new Graph();
    const before = tf.memory().numTensors;
    graph.asDefault(() => {
      const [shift, other] = [new Shift([4], [3]), new Shift([4], [3], 5)];
      const x = tf.zeros([1, 1]);
      tf.tidy(() => void shift(x));
      expectNoLeak(() => shift(x)).dispose();
      expect([shift.calls, shift.psi[0], (shift.psi[0] as tf.Tensor).isDisposed]).toEqual([1, shift.psi[0], false]);
      expect((other.psi[0] as tf.Tensor).dataSync()).toEqual(Float32Array.of(0, 5, 10));
      x.dispose();
    });
    graph.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('makes them again after a failed connection took them back', () => {
    class Picky extends Shift {
      protected override build(inputs: tf.Tensor): tf.Tensor {
        const points = super.build(inputs);
        if (inputs.shape[0] === 2) throw new ValueError('no pairs');
        return points;
      }
    }
    const picky = new Picky([3], [3]);
    expect(() => picky(tf.zeros([2, 1]))).toThrow('no pairs');
    expect([...picky(tf.ones([1, 1])).dataSync()]).toEqual([1, 2, 3]);
  });

  it('is usable before it is connected, in any graph', () => {
    const shift = new Shift([2], [2]);
    expect(() => shift.variables).toThrow(NotConnectedError);
    expect((shift.psi[0] as tf.Tensor).shape).toEqual([2, 1]);
    const graph = new Graph();
    graph.asDefault(() => shift(tf.zeros([1, 1])));
    expect((shift.psi[0] as tf.Tensor).isDisposed).toBe(false);
    graph.dispose();
  });

  it('refuses domains that cannot be', () => {
    expect(() => new Shift([4], [2, 2])).toThrow(SonnetError);
    expect(() => new Shift([4], [2, 2])).toThrow('output domain (2) must be equal to or smaller than');
    expect(() => new Shift(4 as unknown as number[], [2])).toThrow(TypeError);
    expect(() => new Shift([4], '22' as unknown as number[])).toThrow('Shift: outputShape must be iterable');
    for (const shape of [[], [0], [1.5], [-2]]) expect(() => new Shift([4, 4], shape)).toThrow(ValueError);
    expect(new Shift([4], [2]).moduleName).toBe('shift');
  });

  it('refuses a number of coefficients that cannot be', () => {
    class Free extends GridWarper {
      constructor(numCoeff: unknown) {
        super([4], [2], numCoeff as number, 'free');
      }

      protected override createFeatures(): GridFeature[] {
        return [];
      }

      protected override build(inputs: tf.Tensor): tf.Tensor {
        return inputs;
      }
    }
    expect(new Free(3).nCoeff).toBe(3);
    for (const numCoeff of [0, 1.5, Number.NaN, '6', undefined]) {
      expect(() => new Free(numCoeff)).toThrow(ValueError);
      expect(() => new Free(numCoeff)).toThrow(`Free: numCoeff must be a positive integer; got ${String(numCoeff)}.`);
    }
  });

  it('is abstract', () => {
    const make = (type: unknown) => () => new (type as new (...args: unknown[]) => GridWarper)([2], [2], 6, 'warper');
    expect(make(GridWarper)).toThrow(TypeError);
    expect(make(GridWarper)).toThrow('has the methods createFeatures and build');
    class WithoutFeatures extends (GridWarper as unknown as new () => object) {
      build(): void {}
    }
    expect(make(WithoutFeatures)).toThrow(
      'WithoutFeatures is abstract: make a subclass that has the methods createFeatures',
    );
  });
});
