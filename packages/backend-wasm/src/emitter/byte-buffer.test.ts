import { describe, expect, it } from 'vitest';
import { ByteBuffer } from './byte-buffer.ts';

describe('ByteBuffer', () => {
  it('keeps what was written, beyond the room that there was at first', () => {
    const buffer = new ByteBuffer(2);
    buffer.byte(1);
    buffer.append([2, 3, 4, 5, 6, 7]);
    const other = new ByteBuffer(0);
    other.append([8, 255]);
    buffer.appendBuffer(other);
    buffer.appendBuffer(new ByteBuffer(0));
    expect(buffer.length).toBe(9);
    expect([...buffer.written()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 255]);
  });

  it('repeats its end', () => {
    const buffer = new ByteBuffer(4);
    buffer.append([1, 2, 3]);
    buffer.repeat(1, 3);
    buffer.repeat(8, 0);
    expect([...buffer.written()]).toEqual([1, 2, 3, 2, 3, 2, 3, 2, 3]);
  });
});
