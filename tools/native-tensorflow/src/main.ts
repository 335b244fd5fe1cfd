/** Prepares the real TensorFlow for tests and benchmarks: `pnpm native-tensorflow [cpu] [gpu] [--optional]`. */
import { parseArgs } from 'node:util';
import { type Flavor, flavors, pins } from './pins.ts';
import { prepare } from './prepare.ts';
import { folderOf } from './prepared.ts';
import { CannotPrepareError } from './run.ts';

const usage = `Usage: native-tensorflow [cpu] [gpu] [--optional]

Downloads TensorFlow's wheel, compiles the native module of tfjs-node (cpu, the default) or tfjs-node-gpu (gpu) on it, and
keeps both in tools/native-tensorflow/prepared. Needs Linux on x64, g++, and Python with pip.
  --optional  ends with code 0 where it cannot be done, too`;

async function prepareAndTell(flavor: Flavor): Promise<boolean> {
  const started = performance.now();
  const { packageName, version } = pins[flavor];
  try {
    const outcome = await prepare(flavor);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${packageName} on TensorFlow ${version} ${outcome} (${seconds} s): ${folderOf(flavor)}`);
    return true;
  } catch (error) {
    if (!(error instanceof CannotPrepareError)) throw error;
    console.log(`${packageName} is not ready, and its tests will be left out. ${error.message}`);
    return false;
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { optional: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
const wanted = flavors.filter((flavor) => positionals.includes(flavor));
if (values.help || positionals.some((name) => !wanted.includes(name as Flavor))) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 1;
} else {
  for (const flavor of wanted.length === 0 ? (['cpu'] as const) : wanted) {
    if (!(await prepareAndTell(flavor)) && !values.optional) process.exitCode = 1;
  }
}
