import { wasm } from '@sonnetjs/backend-wasm';
import { resetDefaultGraph, useBackend } from '@sonnetjs/core';
import {
  drawPairs,
  grouped,
  loadDigits,
  type Options,
  percent,
  print,
  runExample,
  save,
  saveLossCurve,
  trainWithProgress,
  variablesTable,
  verdict,
} from '@sonnetjs/example-kit';
import { lossOf, varianceOf } from './error.ts';
import { CODEBOOK_SIZE, VqVae } from './model.ts';
import { reconstruct } from './reconstruct.ts';

/** As a share of the variance of the pixels. */
const HIGHEST_ERROR = 0.1;
const LOWEST_PERPLEXITY = 12;

async function main(options: Options): Promise<number> {
  const { backend } = await useBackend(wasm());
  resetDefaultGraph({ seed: options.seed });
  const { train, test } = await loadDigits(options, backend);

  const vqVae = new VqVae();
  const variance = varianceOf(train.pixels);
  // The optimizer changes encoder and decoder. The codebook changes in the call itself: it follows the encoder.
  const losses = await trainWithProgress(train, options, ({ images }) =>
    lossOf(vqVae(images, { isTraining: true }), images, variance),
  );

  const { digits, error, perplexity } = await reconstruct(vqVae, test);
  print(`reconstruction error on ${grouped(test.count)} unseen digits: ${percent(error)} of their variance`);
  print(`perplexity of the codebook: ${perplexity.toFixed(1)} of ${CODEBOOK_SIZE}`, '');
  print(...variablesTable(vqVae.variables), '');
  await saveLossCurve('VQ-VAE: loss while training', losses, options);
  print(`digits and their reconstructions: ${await save(options.out, 'digits.png', drawPairs(test, digits))}`);

  const complaint = `The error is above ${percent(HIGHEST_ERROR)}, or the perplexity below ${LOWEST_PERPLEXITY}.`;
  return verdict(options, error <= HIGHEST_ERROR && perplexity >= LOWEST_PERPLEXITY, complaint);
}

await runExample(
  {
    summary: 'Learns to describe handwritten digits by few vectors of a codebook, and to draw them again: a VQ-VAE.',
    epochs: 8,
    batch: 64,
    out: new URL('../out', import.meta.url),
  },
  main,
);
