import { gradientsAreOurs } from '@sonnetjs/gradients';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { BackendNotAvailableError, SonnetError, ValueError } from '../errors.ts';
import type { Availability, Backend } from './backend.ts';
import { getBackend, useBackend } from './use-backend.ts';

interface Behaviour {
  readonly available?: boolean;
  readonly isAvailable?: () => Promise<Availability>;
  readonly initialize?: () => Promise<void>;
}

const calls: string[] = [];

/** A backend that only notes what is asked of it. */
function fake(name: string, { available = true, isAvailable, initialize }: Behaviour = {}): Backend {
  return {
    name,
    capabilities: { simd: false, threads: 1, gpu: false, missingKernels: [] },
    isAvailable: async () => {
      calls.push(`${name}?`);
      if (isAvailable !== undefined) return isAvailable();
      return available ? { available } : { available, reason: `no ${name} on this machine` };
    },
    initialize: async () => {
      calls.push(`${name}!`);
      await initialize?.();
    },
  };
}

beforeEach(() => {
  calls.length = 0;
});

describe('useBackend', () => {
  it('takes the backend that it is given', async () => {
    const backend = fake('a');
    expect(await useBackend(backend)).toEqual({ backend, passedOver: [] });
    expect(getBackend()).toBe(backend);
    expect(calls).toEqual(['a?', 'a!']);
  });

  it('takes the first that works, and asks none after it', async () => {
    const [a, b, c] = [fake('a', { available: false }), fake('b'), fake('c')];
    expect(await useBackend([a, b, c])).toEqual({
      backend: b,
      passedOver: [{ name: 'a', reason: 'no a on this machine' }],
    });
    expect(calls).toEqual(['a?', 'b?', 'b!']);
  });

  it('passes over those that fail to start, or to answer, with what they say', async () => {
    const fails = (reason: unknown) => () => Promise.reject(reason);
    const { backend, passedOver } = await useBackend([
      fake('a', { initialize: fails(new Error('out of memory')) }),
      fake('b', { isAvailable: fails('no answer') }),
      fake('c'),
    ]);
    expect(backend.name).toBe('c');
    expect(passedOver).toEqual([
      { name: 'a', reason: 'out of memory' },
      { name: 'b', reason: 'no answer' },
    ]);
  });

  it('says why none of them works, and stays with the one before', async () => {
    const before = fake('before');
    await useBackend(before);
    const broken = fake('b', { initialize: () => Promise.reject(new Error('it is broken')) });
    const failure = useBackend([fake('a', { available: false }), broken]);
    await expect(failure).rejects.toThrow(
      'none of the backends can run here (a: no a on this machine; b: it is broken)',
    );
    await expect(failure).rejects.toMatchObject({ name: 'BackendNotAvailableError' });
    expect(getBackend()).toBe(before);
  });

  it('registers the gradients after the backend has started', async () => {
    const initialize = async (): Promise<void> => {
      tf.registerGradient({ kernelName: tf.Identity, gradFunc: () => ({}) });
    };
    await useBackend(fake('a', { initialize }));
    expect(gradientsAreOurs()).toBe(true);
  });

  it('can be called again', async () => {
    const [a, b] = [fake('a'), fake('b')];
    for (const backend of [a, b, a]) expect((await useBackend([backend])).backend).toBe(backend);
    expect(getBackend()).toBe(a);
  });

  it('refuses an empty list, and what are no backends', async () => {
    await expect(useBackend([])).rejects.toMatchObject({
      name: 'ValueError',
      message: expect.stringMatching('empty list'),
    });
    for (const wrong of [null, 'wasm', ['wasm'], [fake('a'), {}], {}]) {
      await expect(useBackend(wrong as unknown as Backend)).rejects.toThrow(TypeError);
    }
    expect(calls).toEqual([]);
  });
});

it('its errors can be caught as those of Sonnet', () => {
  expect(new BackendNotAvailableError('a')).toBeInstanceOf(SonnetError);
  expect(new ValueError('a')).toBeInstanceOf(SonnetError);
});
