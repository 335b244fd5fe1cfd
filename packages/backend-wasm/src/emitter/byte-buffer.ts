/** Bytes that are written one behind the other. */
export class ByteBuffer {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param room For how many bytes there is room at first; a buffer grows when it needs more. */
  constructor(room: number) {
    this.#bytes = new Uint8Array(room);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a byte. */
  byte(value: number): void {
    this.#require(1);
    this.#bytes[this.#length++] = value;
  }

  /** Adds some bytes. */
  append(bytes: readonly number[]): void {
    this.#require(bytes.length);
    for (let i = 0; i < bytes.length; i++) this.#bytes[this.#length++] = bytes[i] as number;
  }

  /** Adds all that is in another buffer. */
  appendBuffer(other: ByteBuffer): void {
    this.#require(other.length);
    this.#bytes.set(other.written(), this.#length);
    this.#length += other.length;
  }

  /** Adds what was written from a position on, so many times. */
  repeat(from: number, times: number): void {
    const bytes = this.#length - from;
    this.#require(bytes * times);
    for (let i = 0; i < times; i++) {
      this.#bytes.copyWithin(this.#length, from, from + bytes);
      this.#length += bytes;
    }
  }

  /** What was written so far: a view, valid until more is written. */
  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #require(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.written());
    this.#bytes = larger;
  }
}
