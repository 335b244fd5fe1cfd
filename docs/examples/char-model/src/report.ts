import { drawLossCurve, grouped, print, save, table } from '@sonnetjs/example-kit';
import type { Validation } from './checkpoints.ts';
import type { NGram } from './n-grams.ts';

/** What a network needs for a character. */
export interface NetworkBits {
  readonly validationBits: number;
  readonly testBits: number;
}

/** How much of the text the network has read, to compare with what the n-grams have counted. */
export interface Reading {
  readonly read: number;
  readonly all: number;
}

/** The bits per character of all models, as lines of text. */
export function compare(nGrams: readonly NGram[], network: NetworkBits, { read, all }: Reading): string[] {
  const row = (name: string, { validationBits, testBits }: NetworkBits, learned: number, weight: string) => [
    name,
    testBits.toFixed(3),
    validationBits.toFixed(3),
    grouped(learned),
    weight,
  ];
  return table(
    [
      ['bits per character', 'test', 'validation', 'characters read', 'weight of shorter'],
      ...nGrams.map((nGram) => row(nGram.name, nGram, all, String(nGram.weight))),
      row('LSTM', network, read, ''),
    ],
    [0],
  );
}

/** Writes the losses as a picture and as a table, and prints where they are. */
export async function saveLosses(
  losses: readonly number[],
  validation: readonly Validation[],
  nGrams: readonly NGram[],
  folder: string,
): Promise<void> {
  const picture = drawLossCurve({
    title: 'Bits per character while training',
    losses,
    epochs: losses.length,
    labels: { x: 'step', y: 'bits per character' },
    validation,
    levels: nGrams.map(({ name, validationBits }) => ({ label: name, loss: validationBits })),
  });
  print(`loss curve: ${await save(folder, 'loss-curve.svg', picture)}`);
  print(`losses of all steps: ${await save(folder, 'losses.csv', lossTable(losses, validation))}`);
}

/** Numbers with all their digits. */
function lossTable(losses: readonly number[], validation: readonly Validation[]): string {
  const measured = new Map(validation.map(({ at, loss }) => [at, loss]));
  const rows = losses.map((loss, i) => `${i + 1},${loss},${measured.get(i + 1) ?? ''}`);
  return `step,training,validation\n${rows.join('\n')}\n`;
}
