import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Rows } from './rows.ts';

function read(rows: Rows, position: number, steps: number): { inputs: unknown; targets: number[] } {
  const { inputs, targets } = rows.piece(position, steps);
  const result = { inputs: inputs.arraySync(), targets: [...targets.dataSync()] };
  tf.dispose([inputs, targets]);
  return result;
}

describe('Rows', () => {
  const rows = new Rows(
    Int32Array.from({ length: 12 }, (_, i) => i),
    2,
  );

  it('reads the rows side by side, with what follows each character', () => {
    expect(rows.length).toBe(5);
    expect(read(rows, 0, 2)).toEqual({
      inputs: [
        [0, 5],
        [1, 6],
      ],
      targets: [1, 6, 2, 7],
    });
  });

  it('reads fewer characters at the end', () => {
    expect(read(rows, 3, 4)).toEqual({
      inputs: [
        [3, 8],
        [4, 9],
      ],
      targets: [4, 9, 5, 10],
    });
  });

  it('predicts each character of a text of the right length once', () => {
    const all = new Rows(
      Int32Array.from({ length: 13 }, (_, i) => i),
      3,
    );
    const targets = [0, 3].flatMap((position) => read(all, position, 3).targets);
    expect(targets.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });
});
