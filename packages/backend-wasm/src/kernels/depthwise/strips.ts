import { type FunctionBuilder, f32, f32x4, type I32, i32, type Local, type V128, v128 } from '../../emitter/index.ts';

/** Neighbouring channels that code takes at a time: whole vectors, or the first lanes of one. */
export interface Strip {
  /** How many vectors hold the channels. */
  readonly vectors: number;
  /** The bytes before the first channel. */
  readonly offset: Local<'i32'>;
  load(address: I32, vector: number): V128;
  store(address: I32, vector: number, value: V128): void;
}

/**
 * Writes code for all channels, `most` at a time, then fewer and fewer.
 *
 * @param channels How many there are.
 */
export function forStrips(f: FunctionBuilder, channels: I32, most: 8 | 16, body: (strip: Strip) => void): void {
  const offset = f.local('i32', i32.const(0));
  const end = f.local('i32', i32.shl(channels, i32.const(2)));
  for (const width of [16, 8, 4, 3, 2, 1]) {
    if (width > most) continue;
    const strip: Strip = { vectors: Math.ceil(width / 4), offset, ...access(f, width) };
    const fits = i32.leS(i32.add(offset, i32.const(4 * width)), end);
    const take = (): void => {
      body(strip);
      f.increase(offset, 4 * width);
    };
    if (width === most) f.while(fits, take);
    else f.if(fits, take);
  }
}

function access(f: FunctionBuilder, width: number): Pick<Strip, 'load' | 'store'> {
  if (width === 1) {
    return {
      load: (address) => v128.load32Zero(address),
      store: (address, _, value) => f.do(v128.store32Lane(0, address, value)),
    };
  }
  if (width === 2) {
    return {
      load: (address) => v128.load64Zero(address),
      store: (address, _, value) => f.do(v128.store64Lane(0, address, value)),
    };
  }
  if (width === 3) {
    return {
      load: (address) => f32x4.replaceLane(2, v128.load64Zero(address), f32.load(address, 8)),
      store: (address, _, value) => f.do(v128.store64Lane(0, address, value), v128.store32Lane(2, address, value, 8)),
    };
  }
  return {
    load: (address, vector) => v128.load(address, 16 * vector),
    store: (address, vector, value) => f.do(v128.store(address, value, 16 * vector)),
  };
}
