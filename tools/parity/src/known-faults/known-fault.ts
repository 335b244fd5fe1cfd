import type { Part } from '../check.ts';
import type { OpCase } from '../entry.ts';

/** A fault that is not ours to repair, or that is not repaired yet. */
export interface KnownFault {
  readonly ops: readonly string[];
  /** Which results are wrong. Default: the values and the gradients. */
  readonly parts?: readonly Part[];
  /** What is wrong, and in whose code. */
  readonly reason: string;
  /** Which calls meet it. Default: all. */
  readonly when?: (call: OpCase<unknown>, op: string) => boolean;
  /** Backends whose memory it damages, so that such calls are never made there. */
  readonly unsafeOn?: readonly string[];
}

/** A fault of calls whose attributes have a known type. */
export function fault<Attrs>(
  definition: Omit<KnownFault, 'when'> & { when?: (call: OpCase<Attrs>, op: string) => boolean },
): KnownFault {
  return definition as unknown as KnownFault;
}
