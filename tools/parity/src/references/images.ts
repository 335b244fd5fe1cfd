import type { Blend } from './resizing.ts';

export type FillMode = 'constant' | 'reflect' | 'wrap' | 'nearest';

/** Where a position lies that may be beyond an axis, as TensorFlow continues images. */
export function continued(at: number, size: number, mode: FillMode): number {
  if (mode === 'constant') return at;
  const inside = (position: number): number => Math.min(Math.max(position, 0), size - 1);
  if (mode === 'nearest' || size === 1) return inside(at);
  if (mode === 'reflect') {
    // Mirrors stand half a pixel before the first pixel and behind the last one.
    const phase = at + 0.5 - 2 * size * Math.floor((at + 0.5) / (2 * size));
    return inside((phase < size ? phase : 2 * size - phase) - 0.5);
  }
  // TensorFlow counts periods of one pixel less than it moves by.
  if (at < 0) return inside(at + size * (Math.trunc(-at / (size - 1)) + 1));
  return inside(at > size - 1 ? at - size * Math.trunc(at / (size - 1)) : at);
}

/** The pixels that a position is read from; those outside the axis have no part, the fill value takes their weight. */
export function readAt(at: number, size: number, nearest: boolean): Blend {
  const floor = nearest ? Math.round(at) : Math.floor(at);
  const share = nearest ? 0 : at - floor;
  const pixels: [number, number][] = [
    [floor, 1 - share],
    [floor + 1, share],
  ];
  return pixels.filter(([pixel, weight]) => pixel >= 0 && pixel < size && weight !== 0);
}
