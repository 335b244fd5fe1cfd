import { type Backend, RandomStream } from '@sonnetjs/core';
import { readDigits, type Split, splitDigits } from './digits.ts';
import { grouped } from './numbers.ts';
import type { Options } from './options.ts';
import { print } from './run-example.ts';

/** Reads and divides the digits as the options say, and prints what there is and where the program runs. */
export async function loadDigits({ seed, limit }: Options, backend: Backend): Promise<Split> {
  const split = splitDigits(await readDigits(), RandomStream.fromSeed(seed, 'split'), limit ?? undefined);
  print(
    `${grouped(split.train.count)} handwritten digits of MNIST to learn from, ${grouped(split.test.count)} others for ` +
      `the test; ${backend.name} backend, node ${process.versions.node}`,
  );
  return split;
}
