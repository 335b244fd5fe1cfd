import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c, unmaskCrc } from './crc32c.ts';

describe('crc32c', () => {
  // The vectors of RFC 3720, appendix B.4, and the usual one of digits.
  it.each([
    ['nothing', new Uint8Array(), 0],
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['32 ascending', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['32 descending', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    ['digits', new TextEncoder().encode('123456789'), 0xe3069283],
  ])('of %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('goes on where an earlier one ended', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), (bytes, cut) => {
        const at = bytes.length === 0 ? 0 : cut % bytes.length;
        expect(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at)))).toBe(crc32c(bytes));
      }),
    );
  });
});

describe('unmaskCrc', () => {
  it('undoes what LevelDB does to checksums', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (crc) => {
        const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
        expect(unmaskCrc(masked)).toBe(crc);
      }),
    );
  });
});
