import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  addToCollection,
  getCollection,
  getVariable,
  globalVariables,
  Module,
  resetDefaultGraph,
  transaction,
} from '../index.ts';

beforeEach(() => {
  resetDefaultGraph();
});

const scale = () => new Module((x: tf.Tensor) => tf.mul(x, getVariable('w', { shape: [] })), { name: 'scale' });

describe('transaction', () => {
  it('takes back what a function changed that fails', () => {
    const module = scale();
    const before = tf.memory().numTensors;
    const fail = () =>
      transaction(() => {
        tf.dispose(module(tf.scalar(1)));
        addToCollection('mine', 1);
        throw new Error('later');
      });
    expect(() => tf.tidy(fail)).toThrow('later');
    expect([module.isConnected, module.nameScopes, globalVariables(), getCollection('mine')]).toEqual([
      false,
      [],
      [],
      [],
    ]);
    expect(tf.memory().numTensors).toBe(before);
    module(tf.scalar(1));
    expect(module.nameScopes).toEqual(['scale']);
  });

  it('gives what the function gives, and leaves what it changed', () => {
    const module = scale();
    expect(transaction(() => module(tf.scalar(1)).shape)).toEqual([]);
    expect(globalVariables()).toHaveLength(1);
  });

  it('is a part of the one around it', () => {
    expect(() =>
      transaction(() => {
        transaction(() => getVariable('inner', { shape: [] }));
        expect(globalVariables()).toHaveLength(1);
        throw new Error('outer');
      }),
    ).toThrow('outer');
    expect(globalVariables()).toEqual([]);
  });

  it('refuses promises, and takes back what came before them', () => {
    const promising = () =>
      transaction(() => {
        getVariable('w', { shape: [] });
        return Promise.resolve();
      });
    expect(promising).toThrow(TypeError);
    expect(globalVariables()).toEqual([]);
  });
});
