import { expect, it } from 'vitest';
import { MEMORY_BOUND_MIB, measure } from '../scripts/memory.ts';

it.each(['safetensors, metadata', 'index, tensors', 'index, keys'])(
  'reads a hostile file within the bound: %s',
  { timeout: 120_000 },
  (file) => {
    expect(measure(file).peak).toBeLessThan(MEMORY_BOUND_MIB);
  },
);
