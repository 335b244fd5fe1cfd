import { channelsFirstBatch, channelsFirstWeights } from '../models/channels-first.ts';
import { convNetSizes } from '../models/conv-net.ts';
import { lstmBatch, lstmSizes, lstmWeights } from '../models/lstm-language-model.ts';
import { mlpBatch, mlpSizes, mlpWeights } from '../models/mlp.ts';
import type { Weight } from '../models/training-model.ts';
import type { OnnxGraph, OnnxNode } from './onnx-format.ts';

/** A model and the batch that it is run on. */
export interface OnnxCase {
  readonly graph: OnnxGraph;
  readonly inputs: Float32Array;
}

/** The multi-layer perceptron as an ONNX graph. */
export function onnxMlp(): OnnxCase {
  const { batch, layers } = mlpSizes;
  const nodes: OnnxNode[] = [
    { operation: 'Gemm', inputs: ['x', 'w0', 'b0'], outputs: ['s0'] },
    { operation: 'Relu', inputs: ['s0'], outputs: ['h0'] },
    { operation: 'Gemm', inputs: ['h0', 'w1', 'b1'], outputs: ['s1'] },
    { operation: 'Relu', inputs: ['s1'], outputs: ['h1'] },
    { operation: 'Gemm', inputs: ['h1', 'w2', 'b2'], outputs: ['logits'] },
  ];
  const graph = {
    nodes,
    weights: mlpWeights(),
    input: ['x', [batch, layers[0]]],
    output: ['logits', [batch, 10]],
  } as const;
  return { graph, inputs: mlpBatch().inputs };
}

/** The language model as an ONNX graph, with ONNX's own LSTM. */
export function onnxLstm(): OnnxCase {
  const { batch, steps, vocabulary, hidden } = lstmSizes;
  const given = lstmWeights() as Record<'w0' | 'b0' | 'w1' | 'b1' | 'output' | 'bias', Weight>;
  const weights: Record<string, Weight> = { output: given.output, bias: given.bias };
  const layer = (index: 0 | 1, x: string): OnnxNode[] => {
    const inputs = index === 0 ? vocabulary : hidden;
    weights[`W${index}`] = gateRows(given[`w${index}`], 0, inputs);
    weights[`R${index}`] = gateRows(given[`w${index}`], inputs, hidden);
    const bias = gateRows({ shape: [1, 4 * hidden], values: given[`b${index}`].values }, 0, 1).values;
    weights[`B${index}`] = {
      shape: [1, 8 * hidden],
      values: Float32Array.from([...bias, ...new Float32Array(4 * hidden)]),
    };
    const [sequence, flat] = [`y${index}`, `h${index}`];
    return [
      {
        operation: 'LSTM',
        inputs: [x, `W${index}`, `R${index}`, `B${index}`],
        outputs: [sequence],
        attributes: { hidden_size: hidden },
      },
      // ONNX puts the directions, of which there is one, second.
      { operation: 'Squeeze', inputs: [sequence, 'directions'], outputs: [flat] },
    ];
  };
  const nodes: OnnxNode[] = [
    ...layer(0, 'x'),
    ...layer(1, 'h0'),
    { operation: 'Reshape', inputs: ['h1', 'rows'], outputs: ['outputs'] },
    { operation: 'Gemm', inputs: ['outputs', 'output', 'bias'], outputs: ['logits'] },
  ];
  const graph: OnnxGraph = {
    nodes,
    weights,
    integers: { directions: [1], rows: [steps * batch, hidden] },
    input: ['x', [steps, batch, vocabulary]],
    output: ['logits', [steps * batch, vocabulary]],
  };
  return { graph, inputs: lstmBatch().inputs };
}

/** The convolutional network as an ONNX graph. */
export function onnxConvNet(): OnnxCase {
  const { batch, image, classes, channels } = convNetSizes;
  const layer = (index: number, x: string): OnnxNode[] => [
    {
      operation: 'Conv',
      inputs: [x, `w${index}`, `b${index}`],
      outputs: [`s${index}`],
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1] },
    },
    { operation: 'Relu', inputs: [`s${index}`], outputs: [`r${index}`] },
    {
      operation: 'MaxPool',
      inputs: [`r${index}`],
      outputs: [`p${index}`],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    },
  ];
  const nodes: OnnxNode[] = [
    ...layer(0, 'x'),
    ...layer(1, 'p0'),
    { operation: 'Reshape', inputs: ['p1', 'rows'], outputs: ['features'] },
    { operation: 'Gemm', inputs: ['features', 'dense', 'bias'], outputs: ['logits'] },
  ];
  const graph: OnnxGraph = {
    nodes,
    weights: channelsFirstWeights(),
    integers: { rows: [batch, 49 * channels[2]] },
    input: ['x', [batch, 1, image, image]],
    output: ['logits', [batch, classes]],
  };
  return { graph, inputs: channelsFirstBatch().inputs };
}

/** The places of ONNX's gates i, o, f, c among Sonnet's i, j, f, o. */
const gatePlaces = [0, 3, 2, 1];

/** Some rows of [rows, 4 * hidden] as ONNX has them: [1, 4 * hidden, rows], with its order of the gates. */
function gateRows({ shape, values }: Weight, from: number, count: number): Weight {
  const columns = shape[1] as number;
  const hidden = columns / 4;
  const result = new Float32Array(columns * count);
  gatePlaces.forEach((place, gate) => {
    for (let unit = 0; unit < hidden; unit++) {
      for (let row = 0; row < count; row++) {
        const value = values[(from + row) * columns + place * hidden + unit] as number;
        result[(gate * hidden + unit) * count + row] = value;
      }
    }
  });
  return { shape: [1, columns, count], values: result };
}
