import {
  blockUntilReady,
  defaultDevice,
  init,
  type Array as JaxArray,
  jit,
  lax,
  nn,
  numpy,
  valueAndGrad,
} from '@jax-js/jax';
import { channelsFirstBatch, channelsFirstWeights } from '../models/channels-first.ts';
import { convNetSizes } from '../models/conv-net.ts';
import { lstmBatch, lstmSizes, lstmWeights } from '../models/lstm-language-model.ts';
import { mlpBatch, mlpSizes, mlpWeights } from '../models/mlp.ts';
import { learningRate, type Weight } from '../models/training-model.ts';

/** A model whose training step jax-js has compiled. */
export interface JaxModel {
  /** One step, waited for until its results are there. */
  readonly step: () => Promise<void>;
  /** The loss before the latest step. */
  readonly loss: () => Promise<number>;
}

/** Logits from the weights, each used up by the one use that a reference is good for, and the inputs. */
type Network = (weights: JaxArray[], inputs: JaxArray) => JaxArray;

/** Starts jax-js on its WebAssembly device. */
export async function startJaxJs(): Promise<void> {
  const devices = await init('wasm');
  if (!devices.includes('wasm')) throw new Error('jax-js has no WebAssembly device here.');
  defaultDevice('wasm');
}

/** The multi-layer perceptron in jax-js. */
export function jaxMlp(): JaxModel {
  const { batch, layers } = mlpSizes;
  const { inputs, labels } = mlpBatch();
  const network: Network = (weights, x) => {
    const [w0, b0, w1, b1, w2, b2] = weights as JaxArray[] & { length: 6 };
    const first = nn.relu(numpy.dot(x, w0 as JaxArray).add(b0 as JaxArray));
    const second = nn.relu(numpy.dot(first, w1 as JaxArray).add(b1 as JaxArray));
    return numpy.dot(second, w2 as JaxArray).add(b2 as JaxArray);
  };
  return compiled(network, mlpWeights(), made(inputs, [batch, layers[0]]), made(labels, [batch, 10]));
}

/** The language model in jax-js, unrolled: it has no compiled loop. */
export function jaxLstm(): JaxModel {
  const { batch, steps, vocabulary, hidden } = lstmSizes;
  const { inputs, labels } = lstmBatch();
  const cell = (x: JaxArray, h: JaxArray, c: JaxArray, w: JaxArray, b: JaxArray): [JaxArray, JaxArray] => {
    const gates = numpy.dot(numpy.concatenate([x, h], 1), w.ref).add(b.ref);
    const [i, j, f, o] = numpy.split(gates, 4, 1) as [JaxArray, JaxArray, JaxArray, JaxArray];
    const next = nn
      .sigmoid(f)
      .mul(c)
      .add(nn.sigmoid(i).mul(numpy.tanh(j)));
    return [numpy.tanh(next.ref).mul(nn.sigmoid(o)), next];
  };
  const network: Network = (weights, tokens) => {
    const [w0, b0, w1, b1, output, bias] = weights as [JaxArray, JaxArray, JaxArray, JaxArray, JaxArray, JaxArray];
    const zeros = (): JaxArray => numpy.zeros([batch, hidden]);
    let [h0, c0, h1, c1] = [zeros(), zeros(), zeros(), zeros()];
    const outputs = numpy.split(tokens, steps, 0).map((token) => {
      [h0, c0] = cell(token.reshape([batch, vocabulary]), h0, c0, w0, b0);
      [h1, c1] = cell(h0.ref, h1, c1, w1, b1);
      return h1.ref;
    });
    for (const last of [h0, c0, h1, c1, w0, b0, w1, b1]) last.dispose();
    return numpy.dot(numpy.concatenate(outputs, 0), output).add(bias);
  };
  const x = made(inputs, [steps, batch, vocabulary]);
  return compiled(network, lstmWeights(), x, made(labels, [steps * batch, vocabulary]));
}

/** The convolutional network in jax-js. */
export function jaxConvNet(): JaxModel {
  const { batch, image, channels, classes } = convNetSizes;
  const { inputs, labels } = channelsFirstBatch();
  const layer = (x: JaxArray, w: JaxArray, b: JaxArray, outputs: number, size: number): JaxArray => {
    const sums = lax.convGeneralDilated(x, w, [1, 1], 'SAME').add(b.reshape([1, outputs, 1, 1]));
    const windows = nn.relu(sums).reshape([batch, outputs, size / 2, 2, size / 2, 2]);
    return numpy.max(windows, [3, 5]);
  };
  const network: Network = (weights, images) => {
    const [w0, b0, w1, b1, dense, bias] = weights as [JaxArray, JaxArray, JaxArray, JaxArray, JaxArray, JaxArray];
    const first = layer(images, w0, b0, channels[1], image);
    const second = layer(first, w1, b1, channels[2], image / 2);
    return numpy.dot(second.reshape([batch, -1]), dense).add(bias);
  };
  return compiled(
    network,
    channelsFirstWeights(),
    made(inputs, [batch, 1, image, image]),
    made(labels, [batch, classes]),
  );
}

function made(values: Float32Array, shape: readonly number[]): JaxArray {
  return numpy.array(new Float32Array(values), { shape: [...shape] });
}

function compiled(
  network: Network,
  first: Readonly<Record<string, Weight>>,
  inputs: JaxArray,
  labels: JaxArray,
): JaxModel {
  let weights = Object.values(first).map(({ shape, values }) => made(values, shape));
  let latest: JaxArray | null = null;
  const rows = labels.shape[0] as number;
  const train = jit((current: JaxArray[], x: JaxArray, y: JaxArray): JaxArray[] => {
    const lossOf = (parameters: JaxArray[]): JaxArray =>
      numpy.sum(nn.logSoftmax(network(parameters, x)).mul(y)).mul(-1 / rows);
    const [loss, gradients] = valueAndGrad(lossOf)(current.map((weight) => weight.ref)) as [JaxArray, JaxArray[]];
    return [loss, ...current.map((weight, i) => weight.sub((gradients[i] as JaxArray).mul(learningRate)))];
  });
  return {
    step: async () => {
      const [loss, ...next] = train(weights, inputs.ref, labels.ref) as JaxArray[];
      await blockUntilReady([loss, ...next]);
      latest?.dispose();
      latest = loss as JaxArray;
      weights = next;
    },
    loss: async () => Number((await (latest as JaxArray).ref.data())[0]),
  };
}
