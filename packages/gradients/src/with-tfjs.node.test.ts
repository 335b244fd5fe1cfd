import { fileURLToPath } from 'node:url';
import { runPlainNode } from '@sonnetjs/testing/plain-node';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { gradientsAreOurs, registerGradients } from './register.ts';

it('tfjs-core has no gradients of its own in node, here as in the published packages', () => {
  expect(tf.getGradient(tf.Add)).toBeUndefined();
  expect(gradientsAreOurs()).toBe(false);
  registerGradients();
  expect(gradientsAreOurs()).toBe(true);
});

// Plain node sees the built package, not the sources.
it.each(['before', 'after'])(
  'the gradients get along with @tensorflow/tfjs loaded %s them',
  { timeout: 60_000 },
  async (when) => {
    const program = new URL(`testing/tfjs-${when}.mjs`, import.meta.url);
    const { code, stderr } = await runPlainNode(fileURLToPath(program));
    expect(code, stderr).toBe(0);
  },
);
