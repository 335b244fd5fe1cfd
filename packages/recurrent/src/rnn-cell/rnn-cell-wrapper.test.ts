import {
  customGetters,
  Graph,
  initializers,
  minimize,
  regularizationLosses,
  resetDefaultGraph,
  ValueError,
  variableName,
} from '@sonnetjs/core';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { DeepRNN, dynamicRnn, RNNCellWrapper, wrapRnnCellClass } from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

/** A weight as those of tf.layers are. */
class Weight {
  protected readonly val: tf.Variable;
  readonly originalName: string;
  readonly trainable = true;

  constructor(name: string, value: tf.Tensor) {
    this.originalName = name;
    this.val = tf.variable(value);
    value.dispose();
  }

  get shape(): number[] {
    return this.val.shape;
  }

  read(): tf.Tensor {
    if (this.val.isDisposed) throw new Error('disposed');
    return this.val;
  }
}

interface CellArgs {
  units: number;
  name?: string;
  single?: boolean;
}

/** A cell as those of tf.layers are. */
class SumCell {
  readonly args: CellArgs;
  readonly weights: Weight[] = [];
  readonly losses = [() => tf.sum((this.weights[0] as Weight).read())];
  dropoutMask: tf.Tensor | null = null;

  constructor(args: CellArgs) {
    this.args = args;
  }

  getClassName(): string {
    return 'SumCell';
  }

  get stateSize(): number | number[] {
    const { units, single = false } = this.args;
    return single ? units : [units, units];
  }

  build(inputShape: (number | null)[]): void {
    const last = Number(inputShape.at(-1));
    this.weights.push(new Weight('kernel', tf.ones([last, this.args.units])));
    this.weights.push(new Weight('outer/kernel', tf.ones([this.args.units])));
  }

  call(inputs: tf.Tensor[], kwargs: { factor?: number }): tf.Tensor[] {
    expect(this.dropoutMask).toBeNull();
    // As tf.layers does it: no tidy frees a mask.
    this.dropoutMask = tf.keep(tf.scalar(1));
    const [x, ...states] = inputs as [tf.Tensor, tf.Tensor];
    const [kernel, bias] = this.weights as [Weight, Weight];
    const output = tf.mul(tf.add(tf.matMul(x, kernel.read()), bias.read()), kwargs.factor ?? 1);
    return [output, ...states.map((state) => tf.add(state, output))];
  }
}

describe('RNNCellWrapper', () => {
  it('lets the cell do the work', () => {
    const core = new RNNCellWrapper(SumCell, { units: 2 });
    expect([core.moduleName, core.stateSize, core.outputSize]).toEqual(['sum_cell', [[2], [2]], [2]]);
    const [output, state] = core(tf.ones([1, 3]), core.initialState(1));
    expect([...output.dataSync()]).toEqual([4, 4]);
    expect(state.map((tensor) => [...tensor.dataSync()])).toEqual([
      [4, 4],
      [4, 4],
    ]);
    const [doubled] = core(tf.ones([1, 3]), core.initialState(1), { factor: 2 });
    expect([...doubled.dataSync()]).toEqual([8, 8]);
    const [, last] = dynamicRnn(core, tf.ones([1, 5, 3]));
    expect(last[0]?.dataSync()[0]).toBe(20);
  });

  it('moves the weights into variables of the graph, which frees them', () => {
    const before = tf.memory().numTensors;
    const graph = new Graph();
    graph.asDefault(() => {
      const core = new RNNCellWrapper(SumCell, { units: 2, name: 'cell' });
      tf.dispose(tf.tidy(() => core(tf.ones([1, 3]), core.initialState(1))));
      expect(core.variables.map(variableName)).toEqual(['cell/kernel', 'cell/kernel_1']);
      expect(tf.memory().numTensors).toBe(before + 2);
      const [x, state] = [tf.ones([1, 3]), core.initialState(1)];
      tf.dispose(expectNoLeak(() => core(x, state)));
      tf.dispose([x, ...state]);
    });
    graph.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('frees the masks of dropout, those of the cells in a stack too', () => {
    class StackCell extends SumCell {
      readonly cells = [new SumCell({ units: 2 })];
      override call(inputs: tf.Tensor[], kwargs: object): tf.Tensor[] {
        const [cell] = this.cells as [SumCell];
        expect(cell.dropoutMask).toBeNull();
        cell.dropoutMask = tf.keep(tf.scalar(1));
        return super.call(inputs, kwargs);
      }
    }
    const core = new RNNCellWrapper(StackCell, { units: 2 });
    const inputs = tf.ones([1, 5, 3]);
    tf.dispose(dynamicRnn(core, inputs));
    tf.dispose(expectNoLeak(() => dynamicRnn(core, inputs)));
  });

  it('trains them', () => {
    const core = new RNNCellWrapper(SumCell, { units: 1 });
    const loss = () => tf.square(tf.sum(core(tf.ones([1, 3]), core.initialState(1))[0]));
    minimize(tf.train.sgd(0.01), loss);
    expect(core.variables[0]?.dataSync()[0]).toBeLessThan(1);
  });

  it('lists what the cell adds to the loss', () => {
    const core = new RNNCellWrapper(SumCell, { units: 2 });
    core(tf.ones([1, 3]), core.initialState(1));
    const [loss] = regularizationLosses();
    expect([loss?.name, loss?.loss().dataSync()[0]]).toEqual(['sum_cell/Regularizer_0', 6]);
  });

  it('takes a custom getter for itself, at every connection', () => {
    const getter = customGetters.overrideArgs({ initializer: initializers.zeros() });
    const context = new customGetters.Context((inner, name, args) => tf.mul(inner(name, args), 10));
    const zero = new RNNCellWrapper(SumCell, { units: 2, customGetter: getter });
    expect(zero(tf.ones([1, 3]), zero.initialState(1))[0].dataSync()[0]).toBe(0);
    const scaled = new RNNCellWrapper(SumCell, { units: 2, customGetter: context });
    const call = () => scaled(tf.ones([1, 3]), scaled.initialState(1))[0].dataSync()[0];
    expect(call()).toBe(4);
    expect(context.enter(call)).toBe(40);
  });

  it('may be tried again after a first connection that failed', () => {
    let fails = true;
    class FailingCell extends SumCell {
      override call(inputs: tf.Tensor[], kwargs: object): tf.Tensor[] {
        if (fails) throw new ValueError('not yet');
        return super.call(inputs, kwargs);
      }
    }
    const core = new RNNCellWrapper(FailingCell, { units: 2 });
    const [x, state] = [tf.ones([1, 3]), core.initialState(1)];
    const before = tf.memory().numTensors;
    expect(() => core(x, state)).toThrow('not yet');
    expect(tf.memory().numTensors).toBe(before);
    fails = false;
    expect(core(tf.ones([1, 4]), state)[0].dataSync()[0]).toBe(5);
    expect(core.variables.map(variableName)).toEqual(['sum_cell/kernel', 'sum_cell/kernel_1']);
  });

  it('says what is wrong', () => {
    expect(() => new RNNCellWrapper('LSTMCell' as never)).toThrow(TypeError);
    expect(() => new RNNCellWrapper((() => ({})) as never)).toThrow('is no recurrent cell of tf.layers');
    const core = new RNNCellWrapper(SumCell, { units: 2 });
    expect(() => core(tf.ones([3]), core.initialState(1))).toThrow(ValueError);
    expect(() => core(tf.ones([1, 3]), [tf.zeros([1, 2])])).toThrow('must be an array of 2 tensors; got an array of 1');
    expect(() => core(tf.ones([1, 3]), core.initialState(2))).toThrow('prevState[0] must be float32 [1, 2]');
    class OddCell extends SumCell {
      override build(): void {
        this.weights.push({ originalName: 'w', shape: [], trainable: true, read: () => tf.scalar(1) } as never);
      }
    }
    const odd = new RNNCellWrapper(OddCell, { units: 2 });
    expect(() => odd(tf.ones([1, 3]), odd.initialState(1))).toThrow('does not keep its value in a variable `val`');
  });
});

describe('wrapRnnCellClass', () => {
  it('makes a class of cores, of a class or of a function', () => {
    const Wrapped = wrapRnnCellClass(SumCell);
    const Made = wrapRnnCellClass((args: CellArgs) => new SumCell(args));
    const core = new Wrapped({ units: 2, single: true });
    expect(core).toBeInstanceOf(RNNCellWrapper);
    expect([Wrapped.name, core.stateSize]).toEqual(['SumCell', [[2]]]);
    const deep = new DeepRNN([core, new Made({ units: 3, name: 'top' })]);
    expect(dynamicRnn(deep, tf.ones([2, 4, 1]))[0].shape).toEqual([2, 4, 5]);
    expect(deep.variables.map(variableName)).toEqual([
      'sum_cell/kernel',
      'sum_cell/kernel_1',
      'top/kernel',
      'top/kernel_1',
    ]);
  });

  it('refuses what is no function', () => {
    expect(() => wrapRnnCellClass(3 as never)).toThrow(TypeError);
  });
});
