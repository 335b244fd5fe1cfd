import { execFile } from 'node:child_process';

/** Why TensorFlow cannot be prepared on this machine. */
export class CannotPrepareError extends Error {
  override readonly name = 'CannotPrepareError';
}

/**
 * Runs a program.
 *
 * @param what What it is for, for the message.
 * @throws CannotPrepareError with the last lines that it printed when it fails.
 */
export function run(what: string, command: string, args: readonly string[], timeout = 300_000): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const ending = error.killed === true ? `took more than ${timeout / 1000} s` : lastLines(stderr || error.message);
      reject(new CannotPrepareError(`${what} failed (${command}): ${ending}`));
    });
  });
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-3).join('\n');
}
