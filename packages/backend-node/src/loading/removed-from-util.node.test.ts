import { describe, expect, it } from 'vitest';
import { restoreUtil } from './removed-from-util.ts';

type Util = Record<string, (value: unknown) => boolean>;

describe('restoreUtil', () => {
  it('puts back what is gone', () => {
    const util: Util = {};
    expect(restoreUtil(util)).toEqual(['isArray', 'isNullOrUndefined']);
    expect([[], {}, 'a'].map((value) => util.isArray?.(value))).toEqual([true, false, false]);
    expect([null, undefined, 0, ''].map((value) => util.isNullOrUndefined?.(value))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(Object.keys(util)).toEqual([]);
  });

  it('leaves alone what is there', () => {
    const own = (): boolean => true;
    const util: Util = { isArray: own };
    expect(restoreUtil(util)).toEqual(['isNullOrUndefined']);
    expect(util.isArray).toBe(own);
    expect(restoreUtil(util)).toEqual([]);
  });

  it("restores node's own module, which tfjs-node asks", async () => {
    restoreUtil();
    const { createRequire } = await import('node:module');
    const util = createRequire(import.meta.url)('node:util');
    expect(typeof util.isNullOrUndefined).toBe('function');
    expect(typeof util.isArray).toBe('function');
  });
});
