/**
 * Setup of every test file: a test that prints to the console fails. A test of something that prints replaces the method
 * first, `vi.spyOn(console, 'warn').mockImplementation(() => {})`, and says what it expects.
 */
import { afterAll, afterEach } from 'vitest';

const methods = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const;
const printed: string[] = [];

for (const method of methods) {
  const original = console[method].bind(console);
  console[method] = (...args: unknown[]) => {
    printed.push(`console.${method}: ${args.map(String).join(' ')}`);
    original(...args);
  };
}

function failOnOutput(): void {
  if (printed.length === 0) return;
  const output = printed.splice(0).join('\n');
  throw new Error(`Unexpected console output:\n${output}`);
}

afterEach(failOnOutput);
afterAll(failOnOutput);
