import { describe, expect, it } from 'vitest';
import { errorClass, factsOf, holdsFact } from './errors.ts';

const texts = (message: string): string[] => factsOf(message).map(({ text }) => text);

describe('errorClass', () => {
  it("maps Python's classes and keeps Sonnet's", () => {
    expect(errorClass('snt.IncompatibleShapeError')).toBe('IncompatibleShapeError');
    expect(errorClass('snt.Error')).toBe('SonnetError');
    expect(errorClass('tf.errors.InvalidArgumentError')).toBe('ValueError');
    expect(errorClass('TypeError')).toBe('TypeError');
  });
});

describe('factsOf', () => {
  it('finds shapes, numbers and quoted words', () => {
    expect(texts('Input has shape (1, 4, 4, 2) of rank 4.')).toEqual(['(1, 4, 4, 2)', '4']);
    expect(texts('Invalid mask shape: (2,).')).toEqual(['(2,)']);
    expect(texts('must be [..., 4] not: [..., 5]')).toEqual(['[..., 4]', '[..., 5]']);
    expect(texts("Invalid keys 'c', only 'w', `b_gates`; set `allow_many_batch_dims=True`")).toEqual([
      'c',
      'w',
      'b_gates',
      'allow_many_batch_dims',
      'True',
    ]);
    expect(texts('Decay must be in [0, 1], but is -0.1.')).toEqual(['[0, 1]', '-0.1']);
    expect(texts("must be member of '{'SAME', 'VALID'}', not FULL")).toEqual(['SAME', 'VALID']);
  });

  it('leaves numbers inside words alone', () => {
    expect(texts('Output of core should be 1D.')).toEqual([]);
  });
});

describe('holdsFact', () => {
  const holds = (message: string, fact: string): boolean => factsOf(fact).every((found) => holdsFact(message, found));

  it('takes shapes in our brackets', () => {
    expect(holds('got [1, 4, 4, 2]', '(1, 4, 4, 2)')).toBe(true);
    expect(holds('got [11, 4, 4, 2]', '(1, 4, 4, 2)')).toBe(false);
    expect(holds('inputs [2, 2, 5], expected [..., 4]', 'must be [..., 4] not: [..., 5]')).toBe(true);
    expect(holds('expected [?, 4]', '(None, 4)')).toBe(true);
  });

  it('takes words as they are, or as they are called here', () => {
    expect(holds('pass `allowManyBatchDims: true`', '`allow_many_batch_dims=True`')).toBe(true);
    expect(holds('the keys are "w" and "b"', "only 'w', 'b'")).toBe(true);
    expect(holds('the key is "weights"', "only 'w'")).toBe(false);
  });

  it('takes numbers as numbers', () => {
    expect(holds('at least 1', '>= 1.0')).toBe(true);
    expect(holds('at least 10', '>= 1')).toBe(false);
  });
});
