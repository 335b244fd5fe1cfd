import { wasm } from '@sonnetjs/backend-wasm';
import { useBackend } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import * as onnx from 'onnxruntime-web';
import { expect, it } from 'vitest';
import { benchModels } from '../steps.ts';
import { onnxModel } from './onnx-format.ts';
import { onnxConvNet, onnxLstm, onnxMlp } from './onnx-models.ts';

const cases = { mlp: onnxMlp, lstm: onnxLstm, convnet: onnxConvNet };

it.each(benchModels)('$name computes in ONNX what it computes in tfjs', async ({ name, raw }) => {
  await useBackend(wasm());
  const { graph, inputs } = cases[name as keyof typeof cases]();
  onnx.env.wasm.numThreads = 1;
  const session = await onnx.InferenceSession.create(onnxModel(graph), { executionProviders: ['wasm'] });
  const [input, shape] = graph.input;
  const results = await session.run({ [input]: new onnx.Tensor('float32', inputs, [...shape]) });
  const actual = results[graph.output[0]]?.data as Float32Array;
  const expected = raw(tf).outputs();
  expect(actual).toHaveLength(expected.length);
  const farthest = Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] ?? Number.NaN))));
  expect(farthest).toBeLessThan(1e-4);
  await session.release();
});
