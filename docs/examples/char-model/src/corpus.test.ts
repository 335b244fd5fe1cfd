import { describe, expect, it } from 'vitest';
import { MEASURED_ROWS, makeCorpus } from './corpus.ts';

const text = Array.from({ length: 3000 }, (_, i) => 'abc😀'.slice(i % 3, (i % 3) + 1)).join('');

describe('makeCorpus', () => {
  it('divides a text in order, without a gap or an overlap', () => {
    const { alphabet, train, validation, test } = makeCorpus(text, 100);
    const read = (ids: Int32Array) => Array.from(ids, (id) => alphabet[id]).join('');
    expect(validation.count).toBe(128);
    expect(test.count).toBe(128);
    expect(train.length + validation.count + test.count).toBe(text.length);
    expect(read(train) + read(validation.ids.subarray(1)) + read(test.ids.subarray(1))).toBe(text);
  });

  it('gives parts the characters before them, which are not predicted', () => {
    const { train, validation, test } = makeCorpus(text, 100);
    expect(validation.ids[0]).toBe(train.at(-1));
    expect([...validation.withContext.subarray(0, 2)]).toEqual([...train.subarray(-2)]);
    expect([...test.withContext.subarray(0, 2)]).toEqual([...validation.ids.subarray(-2)]);
    expect(validation.ids).toHaveLength(validation.count + 1);
    expect(test.withContext).toHaveLength(test.count + 2);
  });

  it('takes characters beyond the first 65,536 as one, and sorts the alphabet', () => {
    const { alphabet } = makeCorpus('😀ba'.repeat(1000), 100);
    expect(alphabet).toEqual(['a', 'b', '😀']);
  });

  it('refuses texts that are too short', () => {
    expect(() => makeCorpus('ab'.repeat(639), 10)).toThrow('it has 1278 characters, and 1280 are needed');
    expect(() => makeCorpus('', 10)).toThrow('it has 0 characters');
    expect(() => makeCorpus('ab'.repeat(1000), 1801)).toThrow('it has 2000 characters, and 2002 are needed');
    expect(() => makeCorpus('a'.repeat(2000), 10)).toThrow('one character only');
  });

  it.each([640, 1000, 1001, 2345])('has as much to learn from as is needed when it is not too short: %j', (needed) => {
    const shortest = Math.max(MEASURED_ROWS * 20, Math.ceil(needed / 0.9));
    const { train, validation } = makeCorpus('ab'.repeat(shortest).slice(0, shortest), needed);
    expect(train.length).toBeGreaterThanOrEqual(needed);
    expect(validation.count).toBeGreaterThanOrEqual(MEASURED_ROWS);
  });
});
