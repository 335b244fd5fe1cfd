const KEY_PARITY = 0x1bd11bda;

/**
 * One block of Threefry-2x32 with 20 rounds: two words from a 64-bit key and a 64-bit counter.
 *
 * Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011. It needs 32-bit additions,
 * rotations and xors only, so that any backend can compute the same words.
 *
 * @param key0 First word of the key.
 * @param key1 Second word of the key.
 * @param counter0 First word of the counter.
 * @param counter1 Second word of the counter.
 * @param out Receives the two words at `index` and `index + 1`.
 * @param index Where in `out`.
 */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  out: Uint32Array,
  index: number,
): void {
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  let k2 = k0 ^ k1 ^ KEY_PARITY;
  let x0 = (counter0 + k0) | 0;
  let x1 = (counter1 + k1) | 0;
  for (let group = 1; group <= 5; group++) {
    if (group & 1) {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
    } else {
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
    }
    const first = k0;
    k0 = k1;
    k1 = k2;
    k2 = first;
    x0 = (x0 + k0) | 0;
    x1 = (x1 + k1 + group) | 0;
  }
  out[index] = x0;
  out[index + 1] = x1;
}

/**
 * Words `position`, `position + 1`, … of the stream of a key, as many as fit into `out`.
 *
 * Word `i` is word `i % 2` of the block whose counter is `floor(i / 2)` (low 32 bits first).
 */
export function threefryWords(key0: number, key1: number, position: number, out: Uint32Array): void {
  const pair = new Uint32Array(2);
  let block = Math.floor(position / 2);
  let i = 0;
  if (position % 2 === 1 && out.length > 0) {
    threefryBlock(key0, key1, block++, pair, 0);
    out[i++] = pair[1] as number;
  }
  for (; i + 1 < out.length; i += 2) threefryBlock(key0, key1, block++, out, i);
  if (i < out.length) {
    threefryBlock(key0, key1, block, pair, 0);
    out[i] = pair[0] as number;
  }
}

function threefryBlock(key0: number, key1: number, block: number, out: Uint32Array, index: number): void {
  threefry2x32(key0, key1, block | 0, (block / 0x100000000) | 0, out, index);
}
