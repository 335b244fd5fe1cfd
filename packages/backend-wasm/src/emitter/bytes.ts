/** What is less than this takes one byte, and most numbers in code are: those are made once. */
const oneByte = 0x80;
const short: readonly (readonly number[])[] = Array.from({ length: oneByte }, (_, value) => [value]);

/** An unsigned integer in LEB128, WebAssembly's variable-length encoding. */
export function unsigned(value: number): readonly number[] {
  let rest = value >>> 0;
  const known = short[rest];
  if (known !== undefined) return known;
  const bytes: number[] = [];
  while (rest >= oneByte) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

/** A signed 32-bit integer in LEB128. */
export function signed(value: number): readonly number[] {
  let rest = value | 0;
  if (rest >= -64 && rest < 64) return short[rest & 0x7f] as readonly number[];
  const bytes: number[] = [];
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

const float = new DataView(new ArrayBuffer(8));

/** The four bytes of a float32, the lowest first. */
export function float32(value: number): readonly number[] {
  float.setFloat32(0, value, true);
  return int32(float.getInt32(0, true));
}

/** The eight bytes of a float64, the lowest first. */
export function float64(value: number): readonly number[] {
  float.setFloat64(0, value, true);
  return [...int32(float.getInt32(0, true)), ...int32(float.getInt32(4, true))];
}

/** The four bytes of an int32, the lowest first. */
export function int32(value: number): readonly number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff];
}

/** A name as WebAssembly writes it: its length, then its characters in UTF-8. */
export function text(value: string): readonly number[] {
  const bytes = new TextEncoder().encode(value);
  return [...unsigned(bytes.length), ...bytes];
}

/** A vector of items: their number, then the items. */
export function vector(items: readonly (readonly number[])[]): readonly number[] {
  return [...unsigned(items.length), ...items.flat()];
}
