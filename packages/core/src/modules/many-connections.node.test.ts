import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, it } from 'vitest';
import { getDefaultGraph, resetDefaultGraph } from '../graph/default-graph.ts';
import { nextRandomStream } from '../random/scope-stream.ts';
import { l2 } from '../regularizers/index.ts';
import { variableScope } from '../variables/enter-scope.ts';
import { getVariable } from '../variables/get-variable.ts';
import { AbstractModule } from './abstract-module.ts';
import { REMEMBERED_CONNECTIONS } from './connected-sub-graph.ts';
import { Module } from './module.ts';
import { reuseVariables } from './reuse-variables.ts';

class Net extends AbstractModule<[x: tf.Tensor], tf.Tensor> {
  static {
    reuseVariables(Net, 'encode');
  }

  constructor() {
    super({ name: 'net' });
  }

  encode(x: tf.Tensor): tf.Tensor {
    return tf.mul(x, getVariable('encoder', { shape: [1], regularizer: l2(1) }));
  }

  protected override build(x: tf.Tensor): tf.Tensor {
    const inner = new Module((y: tf.Tensor) => tf.add(y, getVariable('b', { shape: [1] })), { name: 'inner' });
    nextRandomStream();
    return variableScope('scope', () => inner(inner(this.encode(x))));
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function usedHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

beforeEach(() => {
  resetDefaultGraph();
});

it('10,000 connections of a module neither clash nor grow', () => {
  const net = new Net();
  const x = tf.tensor1d([1]);
  const connect = (times: number): void => {
    for (let i = 0; i < times; i++) net(x).dispose();
  };
  connect(1000);
  const graph = getDefaultGraph();
  const tensors = tf.memory();
  const heap = usedHeap();
  connect(9000);
  const growth = usedHeap() - heap;
  expect(tf.memory()).toMatchObject({ numTensors: tensors.numTensors, numDataBuffers: tensors.numDataBuffers });
  expect(net.nameScopes).toHaveLength(1 + REMEMBERED_CONNECTIONS);
  expect(net.connectedSubgraphs).toHaveLength(1 + REMEMBERED_CONNECTIONS);
  expect(net.variables.map(({ name }) => name)).toEqual(['net/encoder', 'net/inner/b']);
  expect(graph.collectionNames.map((name) => graph.getCollection(name).length)).toEqual([2, 2, 1]);
  // Less than a tenth of what one object for each connection would take.
  expect(growth).toBeLessThan(1_000_000);
}, 60_000);

it('10,000 failures do not grow either', () => {
  const net = new Module(
    (x: tf.Tensor) => {
      tf.add(x, getVariable('w', { shape: [1] }));
      throw new Error('no');
    },
    { name: 'net' },
  );
  const x = tf.tensor1d([1]);
  const fail = (times: number): void => {
    for (let i = 0; i < times; i++) {
      try {
        net(x);
      } catch {}
    }
  };
  fail(500);
  const { numTensors } = tf.memory();
  const heap = usedHeap();
  fail(9500);
  expect(usedHeap() - heap).toBeLessThan(1_000_000);
  expect([tf.memory().numTensors, net.isConnected]).toEqual([numTensors, false]);
}, 60_000);
