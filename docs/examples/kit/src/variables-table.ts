import { variableName } from '@sonnetjs/core';
import type * as tf from '@tensorflow/tfjs-core';
import { grouped } from './numbers.ts';
import { table } from './table.ts';

const FLOAT32_BYTES = 4;

/** The variables of a network as lines of text: name, shape, dtype, parameters, bytes; the last line has the sums. */
export function variablesTable(variables: readonly tf.Variable[]): string[] {
  const parameters = variables.reduce((sum, { size }) => sum + size, 0);
  const rows = [
    ['variable', 'shape', 'dtype', 'parameters', 'bytes'],
    ...variables.map((variable) => [
      variableName(variable),
      `[${variable.shape.join(', ')}]`,
      variable.dtype,
      grouped(variable.size),
      grouped(variable.size * FLOAT32_BYTES),
    ]),
    ['total', '', '', grouped(parameters), grouped(parameters * FLOAT32_BYTES)],
  ];
  return table(rows, [0, 1, 2]);
}
