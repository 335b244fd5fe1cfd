import {
  type CustomGetter,
  Graph,
  getVariable,
  globalVariables,
  initializers,
  Module,
  resetDefaultGraph,
  ValueError,
  valueAndGrads,
  variableName,
  variableScope,
} from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type BayesByBackpropOptions, bayesByBackpropGetter } from './bayes-by-backprop-getter.ts';
import { diagonalGaussianPosteriorBuilder } from './diagonal-gaussian-posterior-builder.ts';
import type { Distribution } from './distribution.ts';
import { type EstimatorMode, EstimatorModes } from './estimator-modes.ts';
import { getTotalKlCost } from './get-total-kl-cost.ts';
import { getVariableMetadata } from './get-variable-metadata.ts';
import { Normal } from './normal.ts';

beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

const x = tf.tensor2d([[1, -2, 0.5]]);
const makeLinear = (options: BayesByBackpropOptions = {}): Linear =>
  new Linear(2, { customGetter: bayesByBackpropGetter(options) });
const outputOf = (module: Linear): number[] => [...module(x).dataSync()];

describe('bayesByBackpropGetter', () => {
  it('puts the variables of a posterior in the place of each trainable variable', () => {
    const linear = makeLinear();
    outputOf(linear);
    expect(linear.getVariables().map(variableName)).toEqual([
      'linear/w/posterior_loc',
      'linear/w/posterior_scale',
      'linear/b/posterior_loc',
      'linear/b/posterior_scale',
    ]);
    expect(linear.variables).toHaveLength(4);
  });

  it('lets variables alone that are not trainable', () => {
    const customGetter = bayesByBackpropGetter();
    const count = getVariable('count', { shape: [], dtype: 'int32', trainable: false, customGetter });
    expect([count.dtype, globalVariables().map(variableName)]).toEqual(['int32', ['count']]);
    expect(getVariableMetadata()).toEqual([]);
  });

  it('refuses trainable variables that are not float32', () => {
    const get = () => getVariable('w', { shape: [2], dtype: 'int32', customGetter: bayesByBackpropGetter() });
    expect(get).toThrow(ValueError);
    expect(get).toThrow('Bayes by Backprop "w": disallowed data type int32');
  });

  it('gives gradients to means and standard deviations', () => {
    const linear = makeLinear();
    const { grads } = valueAndGrads(() => tf.sum(linear(x)));
    const scale = linear.getVariables().find((variable) => variable.name === 'linear/b/posterior_scale') as tf.Variable;
    const noise = tf.div(tf.sub(linear.b, linear.getVariables()[2] as tf.Variable), tf.softplus(scale));
    const expected = [...tf.mul(noise, tf.sigmoid(scale)).dataSync()];
    expect([...(grads['linear/b/posterior_loc']?.dataSync() ?? [])]).toEqual([1, 1]);
    const got = [...(grads['linear/b/posterior_scale']?.dataSync() ?? [])];
    expect(got).toEqual(expected.map((value) => expect.closeTo(value, 5)));
  });

  it('takes the mean, a sample, or the latest sample again', () => {
    let mode: EstimatorMode = EstimatorModes.mean;
    const linear = makeLinear({ samplingModeTensor: () => mode });
    const mean = outputOf(linear);
    expect(outputOf(linear)).toEqual(mean);
    mode = EstimatorModes.sample;
    const samples = [outputOf(linear), outputOf(linear)];
    expect(samples[0]).not.toEqual(samples[1]);
    mode = EstimatorModes.lastSample;
    expect([outputOf(linear), outputOf(linear)]).toEqual([samples[1], samples[1]]);
    mode = EstimatorModes.mean;
    expect(outputOf(linear)).toEqual(mean);
    mode = EstimatorModes.lastSample;
    expect(outputOf(linear)).toEqual(samples[1]);
  });

  it('can be switched by a tensor', () => {
    const mode = tf.variable(tf.scalar('sample'), false, 'mode');
    const linear = makeLinear({ samplingModeTensor: mode });
    expect(outputOf(linear)).not.toEqual(outputOf(linear));
    mode.assign(tf.scalar('mean'));
    expect(outputOf(linear)).toEqual(outputOf(linear));
    mode.dispose();
  });

  it('has no latest sample at first', () => {
    const linear = makeLinear({ samplingModeTensor: 'last' });
    expect(() => linear(x)).toThrow(ValueError);
    expect(() => linear(x)).toThrow('invalid posterior estimate mode: "last", since nothing was sampled yet');
    expect(globalVariables()).toEqual([]);
  });

  it('reads the value of the latest connection, as a property of a module does', () => {
    const linear = makeLinear();
    const [first, second] = [outputOf(linear), outputOf(linear)];
    const byHand = (): number[] => [...tf.add(tf.matMul(x, linear.w), linear.b).dataSync()];
    expect([byHand(), byHand()]).toEqual([second, second]);
    expect(first).not.toEqual(second);
  });

  it('follows from the seed, whatever else draws numbers', () => {
    const first = outputOf(makeLinear());
    resetDefaultGraph({ seed: 1 });
    getVariable('other', { shape: [3], customGetter: bayesByBackpropGetter() });
    expect(outputOf(makeLinear())).toEqual(first);
    resetDefaultGraph({ seed: 2 });
    expect(outputOf(makeLinear())).not.toEqual(first);
  });

  it('draws different noise for each variable', () => {
    const customGetter = bayesByBackpropGetter();
    const initializer = initializers.zeros();
    const [a, b] = ['a', 'b'].map((name) => [
      ...getVariable(name, { shape: [4], initializer, customGetter }).dataSync(),
    ]);
    expect(new Set([...(a ?? []), ...(b ?? [])]).size).toBe(8);
  });

  it('leaves nothing behind', () => {
    const bare = variableScope('bare', () => {
      const get = () => getVariable('w', { shape: [2], customGetter: bayesByBackpropGetter() });
      return expectNoLeak(get, { kept: 2 });
    });
    bare.dispose();
    for (const samplingModeTensor of ['mean', 'sample'] as const) {
      const linear = makeLinear({ samplingModeTensor });
      linear(x).dispose();
      expectNoLeak(() => linear(x)).dispose();
      const read = () => variableScope(linear.variableScope, { reuse: true }, () => tf.clone(getVariable('w')));
      expectNoLeak(() => tf.tidy(read)).dispose();
    }
  });

  it('takes back what a failed connection did', () => {
    const linear = makeLinear();
    const module = new Module(
      (ok: boolean) => {
        const output = linear(x);
        if (!ok) throw new Error('no');
        return output;
      },
      { name: 'net' },
    );
    expect(() => expectNoLeak(() => module(false))).toThrow('no');
    expect([globalVariables(), getVariableMetadata()]).toEqual([[], []]);
    const output = [...module(true).dataSync()];
    expect(getVariableMetadata().map(({ rawVariableName }) => rawVariableName)).toEqual(['linear/w', 'linear/b']);
    resetDefaultGraph({ seed: 1 });
    expect(output).toEqual(outputOf(makeLinear()));
  });

  it('keeps graphs apart', () => {
    outputOf(makeLinear());
    const graph = new Graph();
    graph.asDefault(() => {
      expect(getVariableMetadata()).toEqual([]);
      makeLinear({ samplingModeTensor: 'mean' })(x);
      expect(getVariableMetadata()).toHaveLength(2);
    });
    graph.dispose();
    expect(getVariableMetadata()).toHaveLength(2);
  });

  it('serves bare variables and whole scopes', () => {
    const w = variableScope('net', { customGetter: bayesByBackpropGetter() }, () => {
      new Linear(1)(x);
      return getVariable('w', { shape: [2] });
    });
    expect(w.shape).toEqual([2]);
    const names = getVariableMetadata().map(({ rawVariableName }) => rawVariableName);
    expect(names).toEqual(['net/linear/w', 'net/linear/b', 'net/w']);
  });

  it('lets another getter look at the same variables in its own way', () => {
    const [train, test] = [bayesByBackpropGetter(), bayesByBackpropGetter({ samplingModeTensor: 'mean' })];
    let isTest = false;
    const linear = new Linear(2, { customGetter: ((...args) => (isTest ? test : train)(...args)) as CustomGetter });
    outputOf(linear);
    const cost = getTotalKlCost().dataSync()[0];
    isTest = true;
    expect(outputOf(linear)).toEqual(outputOf(linear));
    expect(getTotalKlCost().dataSync()[0]).toBe(cost);
    expect(getVariableMetadata()).toHaveLength(2);
  });
});

describe('custom posteriors', () => {
  /** The one value of a constant. */
  const constant = (value: number, more: Partial<Distribution> = {}): Distribution => ({
    isReparameterized: true,
    sample: () => tf.fill([2], value),
    mean: () => tf.fill([2], value),
    logProb: (at) => tf.zerosLike(at),
    ...more,
  });

  it('may say what the latest sample is', () => {
    const posterior = constant(3, { lastSample: () => tf.fill([2], 7) });
    const customGetter = bayesByBackpropGetter({ posteriorBuilder: () => posterior, samplingModeTensor: 'last' });
    expect([...getVariable('w', { shape: [2], customGetter }).dataSync()]).toEqual([7, 7]);
  });

  it('may list their variables themselves', () => {
    const customGetter = bayesByBackpropGetter({
      posteriorBuilder: (getter, name, args) => {
        const loc = getter(`${name}/mean`, args);
        return [new Normal(loc, 1), { loc }];
      },
    });
    getVariable('w', { shape: [2], customGetter });
    expect(Object.keys(getVariableMetadata()[0]?.posteriorVars ?? {})).toEqual(['loc']);
    expect(globalVariables().map(variableName)).toEqual(['w/mean']);
  });

  it('must be reparameterized distributions of the shape of the variable', () => {
    const get = (posteriorBuilder: unknown) => () =>
      getVariable('w', {
        shape: [2],
        customGetter: bayesByBackpropGetter({ posteriorBuilder } as BayesByBackpropOptions),
      });
    class Coin extends Normal {
      override readonly isReparameterized: boolean = false;
    }
    expect(get(() => new Coin(0, 1))).toThrow(ValueError);
    expect(get(() => new Coin(0, 1))).toThrow('the distribution Coin is incompatible with it');
    expect(get(() => new Normal(0, 1))).toThrow('gives values of shape [], but the variable has [2]');
    for (const result of [null, 3, {}, tf.ones([2])]) expect(get(() => result)).toThrow(TypeError);
    expect(get(() => ({}))).toThrow('posteriorBuilder must return a Distribution');
    expect(getVariableMetadata()).toEqual([]);
  });

  it('can begin anywhere: builders may change the request', () => {
    const customGetter = bayesByBackpropGetter({
      posteriorBuilder: (getter, name, args) =>
        diagonalGaussianPosteriorBuilder(getter, name, { ...args, initializer: initializers.constant(-30) }),
    });
    const w = getVariable('w', { shape: [2], customGetter });
    expect([...w.dataSync()]).toEqual([-30, -30]);
  });

  it('refuses builders that are no functions', () => {
    for (const key of ['posteriorBuilder', 'priorBuilder', 'klBuilder']) {
      expect(() => bayesByBackpropGetter({ [key]: 3 })).toThrow(TypeError);
      expect(() => bayesByBackpropGetter({ [key]: 3 })).toThrow(`${key} must be a function; got 3`);
    }
  });
});
