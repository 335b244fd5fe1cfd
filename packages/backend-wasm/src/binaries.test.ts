import { afterEach, describe, expect, it, vi } from 'vitest';
import { byFileName, diagnose, resolvePaths } from './binaries.ts';

describe('resolvePaths', () => {
  it('takes the folder that holds the binaries, with or without a slash at its end', () => {
    const expected = { simd: '/wasm/tfjs-backend-wasm-simd.wasm', plain: '/wasm/tfjs-backend-wasm.wasm' };
    expect(resolvePaths('/wasm')).toEqual(expected);
    expect(resolvePaths('/wasm/')).toEqual(expected);
    expect(resolvePaths('').simd).toBe('tfjs-backend-wasm-simd.wasm');
  });

  it('takes an address for each binary as it is', () => {
    expect(resolvePaths({ simd: 'a', plain: 'b' })).toEqual({ simd: 'a', plain: 'b' });
  });

  it('knows where a bundler puts them', () => {
    const { simd, plain } = resolvePaths(undefined);
    expect(simd).toMatch(/tfjs-backend-wasm-simd.*\.wasm/);
    expect(plain).toMatch(/tfjs-backend-wasm\b.*\.wasm/);
  });
});

describe('byFileName', () => {
  it('gives tfjs no address of the binary with threads', () => {
    expect(byFileName({ simd: 'a', plain: 'b' })).toEqual({
      'tfjs-backend-wasm.wasm': 'b',
      'tfjs-backend-wasm-simd.wasm': 'a',
      'tfjs-backend-wasm-threaded-simd.wasm': 'a',
    });
  });
});

describe('diagnose', () => {
  afterEach(() => vi.unstubAllGlobals());
  const answer = (response: () => Response) => vi.stubGlobal('fetch', async () => response());

  it('says that the server has no such file', async () => {
    answer(() => new Response('', { status: 404 }));
    expect(await diagnose('/a.wasm')).toBe('/a.wasm answers 404');
  });

  it('says that a page came in place of the file', async () => {
    answer(() => new Response('<html>', { headers: { 'content-type': 'text/html' } }));
    expect(await diagnose('/a.wasm')).toBe('/a.wasm is not WebAssembly (text/html)');
  });

  it('says that the file is what it should be', async () => {
    answer(() => new Response('\0asm...'));
    expect(await diagnose('/a.wasm')).toBe('/a.wasm is WebAssembly but does not start');
  });

  it('says that nothing answers', async () => {
    answer(() => {
      throw new TypeError('failed');
    });
    expect(await diagnose('/a.wasm')).toBe('/a.wasm cannot be fetched (failed)');
  });
});
