import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../checkpoint-error.ts';
import { parseSafetensors } from './parse.ts';

/** A file with this header, which need not be JSON, and so many bytes after it. */
function file(header: string | Uint8Array, dataLength: number = 0): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (dtype: string, shape: string, offsets: string) =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

describe('parseSafetensors', () => {
  it('reads files of other writers: blanks anywhere, members in any order, tensors in any order', () => {
    const header = ` { "b" :\t{"shape":[ 2 ],\r\n"data_offsets":[4,8],"dtype":"F16"} , "a\\u0041" : ${entry('F32', '[]', '[0,4]')}}  `;
    const { tensors, metadata } = parseSafetensors(file(header, 8));
    expect([...tensors.keys()]).toEqual(['b', 'aA']);
    expect(tensors.get('b')).toMatchObject({ dtype: 'float16', shape: [2] });
    expect(metadata.size).toBe(0);
  });

  it('reads a file without tensors, and tensors without elements', () => {
    expect(parseSafetensors(file('{}')).tensors.size).toBe(0);
    const empty = parseSafetensors(file(`{"a":${entry('F32', '[0,9007199254740991]', '[0,0]')}}`));
    expect(empty.tensors.get('a')?.bytes()).toEqual(new Uint8Array());
  });

  it('gives plain arrays for the Buffers of node, whose slices are no copies', () => {
    const bytes = new (class extends Uint8Array {})(file(`{"a":${entry('U8', '[1]', '[0,1]')}}`, 1));
    expect(parseSafetensors(bytes).tensors.get('a')?.bytes().constructor).toBe(Uint8Array);
  });

  it.each([
    ['too short', new Uint8Array(7), 'has 7 bytes only'],
    ['a header longer than the file', file('{}').subarray(0, 9), 'should have 2 bytes, but the file has 9'],
    ['a header of 2^64 - 1 bytes', new Uint8Array(16).fill(0xff), 'should have 18446744073709551615 bytes'],
    ['a header that is too long', file(new Uint8Array((1 << 24) + 1)), 'more than 16777216 are not read'],
    ['no UTF-8', file(Uint8Array.of(0x7b, 0xff, 0x7d)), 'not UTF-8'],
    ['no JSON', file('<html>'), 'at character 0 { is expected'],
    ['an empty header', file(''), '{ is expected'],
    ['something after the header', file('{}{}'), 'something comes after its end'],
    ['a header that is cut off', file('{"a'), 'a string has no end'],
    ['a comma too many', file(`{"a":${entry('U8', '[0]', '[0,0]')},}`), '" is expected'],
    ['a control character in a string', file('{"a\u0001":1}'), 'a string has no end'],
    ['an escape that does not exist', file('{"\\x":1}'), 'an escape that does not exist'],
    ['an escaped quote at the end', file('{"\\'), 'a string has no end'],
    ['half a surrogate pair', file('{"\\ud800":1}'), 'half a surrogate pair'],
    [
      'a key that comes twice',
      file(`{"a":${entry('U8', '[0]', '[0,0]')},"a":${entry('U8', '[0]', '[0,0]')}}`),
      'comes twice',
    ],
    ['a dtype that comes twice', file('{"a":{"dtype":"U8","dtype":"U8"}}'), 'comes twice'],
    ['__proto__ as a name', file(`{"__proto__":${entry('U8', '[0]', '[0,0]')}}`), 'no key may be __proto__'],
    ['__proto__ in disguise', file(`{"\\u005f_proto__":${entry('U8', '[0]', '[0,0]')}}`), 'no key may be __proto__'],
    ['__proto__ in the metadata', file('{"__metadata__":{"__proto__":"x"}}'), 'no key may be __proto__'],
    ['__proto__ in an entry', file('{"a":{"__proto__":{}}}'), 'no key may be __proto__'],
    ['metadata that is no text', file('{"__metadata__":{"a":1}}'), '" is expected'],
    ['metadata twice', file('{"__metadata__":{},"__metadata__":{}}'), 'comes twice'],
    ['an entry that is no object', file('{"a":[]}'), '{ is expected'],
    ['an entry without a dtype', file('{"a":{"shape":[],"data_offsets":[0,1]}}', 1), 'needs a dtype'],
    ['a key that does not exist', file('{"a":{"size":1}}'), 'the key "size", which does not exist'],
    ['a dtype that does not exist', file(`{"a":${entry('F128', '[]', '[0,16]')}}`, 16), '"F128", which is not known'],
    ['a dtype of the prototype', file(`{"a":${entry('toString', '[]', '[0,16]')}}`, 16), 'which is not known'],
    ['one offset', file(`{"a":${entry('U8', '[]', '[0]')}}`, 1), 'two data_offsets'],
    ['a negative size', file(`{"a":${entry('U8', '[-1]', '[0,1]')}}`, 1), 'an integer of at least 0'],
    ['a size that is no integer', file(`{"a":${entry('U8', '[1.0]', '[0,1]')}}`, 1), '] is expected'],
    ['a leading zero', file(`{"a":${entry('U8', '[01]', '[0,1]')}}`, 1), 'an integer of at least 0'],
    ['a size beyond 2^53', file(`{"a":${entry('U8', '[9007199254740993]', '[0,1]')}}`, 1), 'an integer of at least 0'],
    ['a product beyond 2^53', file(`{"a":${entry('U8', '[4294967296,4294967296]', '[0,0]')}}`), 'has the bytes 0 to 0'],
    [
      'bytes of another number than the shape',
      file(`{"a":${entry('F32', '[2]', '[0,4]')}}`, 4),
      'has the bytes 0 to 4',
    ],
    ['offsets that go backwards', file(`{"a":${entry('U8', '[0]', '[4,0]')}}`, 4), 'has the bytes 4 to 0'],
    ['an offset beyond the file', file(`{"a":${entry('U8', '[9]', '[0,9]')}}`, 8), 'have 9 bytes, but 8 come'],
    [
      'a hole before a tensor',
      file(`{"a":${entry('U8', '[1]', '[1,2]')}}`, 2),
      'begins at byte 1, but the tensors before it end at byte 0',
    ],
    [
      'an offset that is not aligned',
      file(`{"a":${entry('U8', '[2]', '[0,2]')},"b":${entry('F32', '[1]', '[2,6]')}}`, 6),
      'no multiple of the 4 bytes',
    ],
    [
      'tensors that overlap',
      file(`{"a":${entry('U8', '[2]', '[0,2]')},"b":${entry('U8', '[2]', '[1,3]')}}`, 3),
      'begins at byte 1, but',
    ],
    [
      'tensors at one place',
      file(`{"a":${entry('U8', '[2]', '[0,2]')},"b":${entry('U8', '[2]', '[0,2]')}}`, 2),
      'begins at byte 0, but',
    ],
    ['bytes that belong to no tensor', file('{}', 3), 'have 0 bytes, but 3 come'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseSafetensors(bytes)).toThrow(CheckpointError);
    expect(() => parseSafetensors(bytes)).toThrow(message);
  });

  it('stops at the first thing that is not expected, however much comes after it', () => {
    const deep = '['.repeat((1 << 24) - 100);
    expect(() => parseSafetensors(file(`{"a":${deep}`))).toThrow('{ is expected');
    expect(() => parseSafetensors(file(`{"a":{"shape":${deep}`))).toThrow('an integer of at least 0 is expected');
  });
});
