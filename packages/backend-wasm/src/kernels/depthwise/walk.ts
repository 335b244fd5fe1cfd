import { type FunctionBuilder, type I32, i32, type Local } from '../../emitter/index.ts';

/** What describes a walk of windows over images; distances are in bytes, may be negative, and lead from one to the next. */
const fields = [
  'images',
  'rows',
  /** The columns of windows: from `columnsBegin` to `columnsEnd`; those from `innerBegin` to `innerEnd` lie inside the images. */
  'columnsBegin',
  'innerBegin',
  'innerEnd',
  'columnsEnd',
  'channels',
  /** The lengths of the images, in pixels. */
  'imageRows',
  'imageColumns',
  /** From window to window, in pixels. */
  'strideRows',
  'strideColumns',
  /** From tap to tap, in pixels. */
  'dilationRows',
  'dilationColumns',
  /** How far the first window begins before the image, in pixels. */
  'beforeRows',
  'beforeColumns',
  'tapRows',
  'tapColumns',
  'inputImage',
  'inputRow',
  /** From the input of one window to that of the next one in its row. */
  'inputStep',
  /** From the input of one tap to that of the next one in its row. */
  'inputTap',
  /** From the begin of a row of the input to the first window. */
  'inputOrigin',
  'outputImage',
  'outputRow',
  'outputStep',
  'filterRow',
  'filterTap',
  /** Where the results begin: the distances between their first values; `startChannel` is 1, or 0 for one value for all. */
  'startImage',
  'startRow',
  'startStep',
  'startChannel',
] as const;

/** How windows walk over images. */
export type Walk = Readonly<Record<(typeof fields)[number], number>>;

/** How many bytes a walk takes in memory. */
export const walkBytes: number = 4 * fields.length;

/** A walk as generated code reads it. */
export function packWalk(walk: Walk): Int32Array {
  return Int32Array.from(fields, (field) => walk[field]);
}

/** A walk in variables of a function. */
export type WalkLocals = { readonly [Field in keyof Walk]: Local<'i32'> };

/** Reads a walk from memory. */
export function loadWalk(f: FunctionBuilder, address: I32): WalkLocals {
  const entries = fields.map((field, i) => [field, f.local('i32', i32.load(address, 4 * i))] as const);
  return Object.fromEntries(entries) as unknown as WalkLocals;
}

/** The steps of a window along one axis that lie on the image: from `from` up to `below`. */
export interface ClippedTaps {
  readonly from: Local<'i32'>;
  readonly below: Local<'i32'>;
}

/** Writes code that clips windows: gets where a window begins, which may be before the image. */
export function clipper(
  f: FunctionBuilder,
  length: I32,
  dilation: I32,
  taps: I32,
): { readonly taps: ClippedTaps; clip(origin: Local<'i32'>): void } {
  const [from, below] = [f.local('i32'), f.local('i32')];
  const stepsTo = (distance: I32): I32 => i32.divS(i32.sub(i32.add(distance, dilation), i32.const(1)), dilation);
  return {
    taps: { from, below },
    clip(origin) {
      const zero = i32.const(0);
      f.set(from, zero);
      f.if(i32.ltS(origin, zero), () => f.set(from, stepsTo(i32.sub(zero, origin))));
      f.set(below, taps);
      const last = i32.add(origin, i32.mul(i32.sub(taps, i32.const(1)), dilation));
      f.if(i32.geS(last, length), () => {
        const room = i32.sub(length, origin);
        f.set(below, zero);
        f.if(i32.gtS(room, zero), () => f.set(below, stepsTo(room)));
      });
      f.if(i32.ltS(below, from), () => f.set(below, from));
    },
  };
}
