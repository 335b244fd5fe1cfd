import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackage } from './native-package.ts';
import type { Flavor } from './pins.ts';
import { currentStamp, folderOf, preparedTensorFlow } from './prepared.ts';
import { CannotPrepareError, run } from './run.ts';
import { unpackWheel } from './wheel.ts';

/**
 * Makes the real TensorFlow ready to be imported, unless it is.
 *
 * @throws CannotPrepareError when this machine lacks something.
 */
export async function prepare(flavor: Flavor): Promise<'is ready' | 'was ready'> {
  if (preparedTensorFlow(flavor) !== undefined) return 'was ready';
  await checkMachine();
  const target = folderOf(flavor).slice(0, -1);
  // Under its name only when it is whole.
  const work = `${target}.${process.pid}`;
  try {
    mkdirSync(join(work, 'download'), { recursive: true });
    const stamp = currentStamp(flavor);
    await buildPackage(stamp, await unpackWheel(stamp, join(work, 'download')), work);
    rmSync(join(work, 'download'), { recursive: true });
    writeFileSync(join(work, 'stamp.json'), JSON.stringify(stamp));
    rmSync(target, { recursive: true, force: true });
    renameSync(work, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return 'is ready';
}

async function checkMachine(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new CannotPrepareError(
      `There is a wheel for Linux on x64 only; this is ${process.platform} ${process.arch}.`,
    );
  }
  await run('A C++ compiler is needed, and looking for one', 'g++', ['--version'], 20_000);
  await run('Python with pip is needed, and looking for it', 'python3', ['-m', 'pip', '--version'], 20_000);
}
