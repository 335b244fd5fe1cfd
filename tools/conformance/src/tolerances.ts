import { type Case, isObject, visitJson } from './case-format.ts';

/** What is compared with the tolerance of a row. */
export type Compared = 'outputs' | 'gradients';

/** The tolerance, absolute plus relative, of everything that no row below names. */
export const TOLERANCE = 1e-5;

/** The tolerance of the rows below. */
export const WIDE_TOLERANCE = 1e-4;

/** The number of time steps from which an unroll is long. */
const LONG = 5;

/** Which cases are compared with the wide tolerance, and why. */
const WIDE: readonly { readonly reason: string; readonly what: readonly Compared[]; applies(item: Case): boolean }[] = [
  {
    reason: 'deep nets',
    what: ['outputs', 'gradients'],
    applies: (item) =>
      ['AlexNet', 'ConvNet2D', 'ConvNet2DTranspose', 'Dilation', 'RelationalMemory', 'transformer'].includes(
        item.class,
      ),
  },
  {
    reason: 'gradients through the statistics of a batch',
    what: ['gradients'],
    applies: (item) => usesBatchNorm(item) && trains(item),
  },
  {
    reason: 'long unrolls',
    what: ['outputs', 'gradients'],
    applies: (item) => unrolledSteps(item) >= LONG,
  },
];

/** The tolerance, absolute plus relative, with which this part of a case is compared. */
export function toleranceOf(item: Case, what: Compared): number {
  return WIDE.some((row) => row.what.includes(what) && row.applies(item)) ? WIDE_TOLERANCE : TOLERANCE;
}

function usesBatchNorm(item: Case): boolean {
  return /BatchNorm|use_batch_norm/.test(
    JSON.stringify([item.module ?? '', item.config ?? {}, item.setup ?? [], item.calls ?? []]),
  );
}

/** Whether a step of the case normalizes with the statistics of its batch. */
function trains(item: Case): boolean {
  let found = false;
  visitJson(item.calls ?? [], (value) => {
    if (!isObject(value) || !isObject(value.kwargs)) return;
    const { is_training: training, test_local_stats: local } = value.kwargs;
    if (training !== undefined && (training !== false || local !== false)) found = true;
  });
  return found;
}

/** The number of time steps of the longest unrolled sequence. */
function unrolledSteps(item: Case): number {
  const lengths = (item.calls ?? [])
    .filter((step) => step.method === 'dynamic_rnn' || item.module === 'BidirectionalRNN')
    .map((step) => {
      const sequence = step.args?.[0];
      const shape = isObject(sequence) && Array.isArray(sequence.shape) ? sequence.shape : [];
      return Number(shape[step.kwargs?.time_major === true || item.module === 'BidirectionalRNN' ? 0 : 1] ?? 0);
    });
  return Math.max(0, ...lengths);
}
