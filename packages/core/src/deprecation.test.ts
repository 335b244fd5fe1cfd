import { expect, it, vi } from 'vitest';
import { deprecationWarning } from './deprecation.ts';

it('deprecationWarning prints at every call', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  deprecationWarning('`a` is deprecated.');
  deprecationWarning('`a` is deprecated.');
  expect(warn.mock.calls).toEqual([['`a` is deprecated.'], ['`a` is deprecated.']]);
  warn.mockRestore();
});
