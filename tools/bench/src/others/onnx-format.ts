import type { Weight } from '../models/training-model.ts';

/** An operation of an ONNX graph. */
export interface OnnxNode {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[] | string>>;
}

/** A graph from one float input to one float output. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly weights: Readonly<Record<string, Weight>>;
  /** Constant lists of integers, such as shapes. */
  readonly integers?: Readonly<Record<string, readonly number[]>>;
  readonly input: readonly [name: string, shape: readonly number[]];
  readonly output: readonly [name: string, shape: readonly number[]];
}

/** A graph as an ONNX file, of opset 13, in the wire format of protocol buffers. The numbers are those of onnx.proto. */
export function onnxModel({ nodes, weights, integers = {}, input, output }: OnnxGraph): Uint8Array {
  const graph = join([
    ...nodes.map((node) => message(1, nodeBytes(node))),
    message(2, text('network')),
    ...Object.entries(weights).map(([name, weight]) => message(5, floatTensor(name, weight))),
    ...Object.entries(integers).map(([name, values]) => message(5, integerTensor(name, values))),
    message(11, valueInfo(...input)),
    message(12, valueInfo(...output)),
  ]);
  return join([number(1, 8), message(7, graph), message(8, join([message(1, text('')), number(2, 13)]))]);
}

const floatType = 1;
const int64Type = 7;
const attributeTypes = { integer: 2, string: 3, integers: 7 };

function nodeBytes({ operation, inputs, outputs, attributes = {} }: OnnxNode): Uint8Array {
  return join([
    ...inputs.map((name) => message(1, text(name))),
    ...outputs.map((name) => message(2, text(name))),
    message(4, text(operation)),
    ...Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value))),
  ]);
}

function attribute(name: string, value: number | readonly number[] | string): Uint8Array {
  const head = message(1, text(name));
  if (typeof value === 'number') return join([head, number(3, value), number(20, attributeTypes.integer)]);
  if (typeof value === 'string') return join([head, message(4, text(value)), number(20, attributeTypes.string)]);
  return join([head, ...value.map((item) => number(8, item)), number(20, attributeTypes.integers)]);
}

function floatTensor(name: string, { shape, values }: Weight): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return join([
    ...shape.map((size) => number(1, size)),
    number(2, floatType),
    message(8, text(name)),
    message(9, bytes),
  ]);
}

function integerTensor(name: string, values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return join([number(1, values.length), number(2, int64Type), message(8, text(name)), message(9, bytes)]);
}

function valueInfo(name: string, shape: readonly number[]): Uint8Array {
  const dimensions = join(shape.map((size) => message(1, number(1, size))));
  const type = message(1, join([number(1, floatType), message(2, dimensions)]));
  return join([message(1, text(name)), message(2, type)]);
}

/** A field of variable length. */
function message(field: number, content: Uint8Array): Uint8Array {
  return join([varint(field * 8 + 2), varint(content.length), content]);
}

/** A field with an integer. */
function number(field: number, value: number): Uint8Array {
  return join([varint(field * 8), varint(value)]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.from([...bytes, rest]);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
