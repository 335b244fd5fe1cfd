import { expect, it } from 'vitest';
import { compareWithPython } from '../../scripts/compare-with-python.ts';

it("writes and reads the files of Python's safetensors byte for byte", { timeout: 180_000 }, async ({ skip }) => {
  const report = await compareWithPython(100, 7);
  if ('skipped' in report) return skip(`Not compared with Python's safetensors: ${report.skipped}.`);
  expect(report.compared).toBe(100);
});
