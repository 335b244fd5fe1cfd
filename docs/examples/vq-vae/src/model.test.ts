import { wasm } from '@sonnetjs/backend-wasm';
import { resetDefaultGraph, useBackend } from '@sonnetjs/core';
import { type Digits, train } from '@sonnetjs/example-kit';
import { stripes } from '@sonnetjs/example-kit/testing';
import { expectNoLeak } from '@sonnetjs/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lossOf, varianceOf } from './error.ts';
import { VqVae } from './model.ts';
import { reconstruct } from './reconstruct.ts';

function teach(vqVae: VqVae, digits: Digits, epochs: number): Promise<number[]> {
  const variance = varianceOf(digits.pixels);
  return train(
    digits,
    { epochs, batch: 10, seed: 1 },
    ({ images }) => lossOf(vqVae(images, { isTraining: true }), images, variance),
    () => {},
  );
}

/** The values of the codebook. */
function codebook(vqVae: VqVae): number[] {
  const variable = vqVae.variables.find(({ name }) => name === 'vq_vae/quantizer/embedding');
  return [...(variable?.dataSync() ?? [])];
}

beforeAll(() => useBackend(wasm()));
beforeEach(() => {
  resetDefaultGraph({ seed: 1 });
});

describe('VqVae', () => {
  it('gives images of the shape of those that it gets', () => {
    const { reconstructions, commitmentLoss, perplexity } = new VqVae()(tf.zeros([3, 28, 28]), { isTraining: false });
    expect(reconstructions.shape).toEqual([3, 28, 28]);
    expect([commitmentLoss.shape, perplexity.shape]).toEqual([[], []]);
  });

  it('learns to draw what it sees', async () => {
    const vqVae = new VqVae();
    await teach(vqVae, stripes(50), 20);
    const { digits, error, perplexity } = await reconstruct(vqVae, stripes(10));
    expect(error).toBeLessThan(0.5);
    expect(perplexity).toBeGreaterThan(1.5);
    expect(digits.labels).toEqual(stripes(10).labels);
    expect(digits.pixels).toHaveLength(stripes(10).pixels.length);
  }, 30_000);

  it('changes its codebook in training only', async () => {
    const vqVae = new VqVae();
    const digits = stripes(10);
    await reconstruct(vqVae, digits);
    const before = codebook(vqVae);
    await reconstruct(vqVae, digits);
    expect(codebook(vqVae)).toEqual(before);
    await teach(vqVae, digits, 1);
    expect(codebook(vqVae)).not.toEqual(before);
  });

  it('leaves its variables and no other tensor behind when it is trained, and the next time none', async () => {
    const vqVae = new VqVae();
    await expectNoLeak(() => teach(vqVae, stripes(20), 2), { kept: 19 });
    expect(vqVae.variables).toHaveLength(19);
    await expectNoLeak(() => teach(vqVae, stripes(20), 2));
    await expectNoLeak(() => reconstruct(vqVae, stripes(20)));
  });
});
