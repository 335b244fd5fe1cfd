import { execFile } from 'node:child_process';
import { explainLoadFailure, explainMissingGpu } from './installation/explain.ts';
import type { Installation } from './installation/installation.ts';
import type { Problem } from './installation/problem.ts';

/** What a package did in a process of its own. */
export type Trial =
  | { readonly works: true; readonly tensorflow: string; readonly gpu: boolean; readonly printed: string }
  | { readonly works: false; readonly problem: Problem };

/** What the process is asked to tell. */
interface Answer {
  readonly tensorflow?: string;
  readonly gpu?: boolean;
  readonly error?: string;
}

/** Runs in plain node from its text, so that it is there in a bundle, too. */
const program = `
const [folder, binding] = process.argv.slice(1);
const util = require('util');
if (util.isNullOrUndefined === undefined) util.isNullOrUndefined = (value) => value == null;
if (util.isArray === undefined) util.isArray = Array.isArray;
const { RTLD_NOW } = require('os').constants.dlopen || {};
function load(file) {
  if (RTLD_NOW === undefined || !file.endsWith('.node')) return require(file);
  const Module = require('module');
  const loaded = new Module(file);
  process.dlopen(loaded, file, RTLD_NOW);
  require.cache[file] = loaded;
}
let answer;
try {
  load(require.resolve(binding));
  const tf = require(folder);
  const backend = tf.backend();
  const [product] = tf.matMul(tf.tensor2d([[3]]), tf.tensor2d([[7]])).dataSync();
  if (product !== 21) throw new Error('3 times 7 is ' + product + ' there');
  answer = { tensorflow: backend.binding.TF_Version, gpu: backend.isUsingGpuDevice };
} catch (error) {
  answer = { error: String(error && error.message || error) };
}
process.stdout.write('\\n' + JSON.stringify(answer));
`;

/** A process that loads CUDA for the first time may compile kernels. */
const patience = 120_000;

/**
 * Loads a package in a process of its own and computes a product: what fails there, even by a crash, leaves this process as
 * it was.
 *
 * @param installation What to load.
 * @param gpu Whether a GPU has to be in use.
 */
export async function tryOut(installation: Installation, gpu: boolean): Promise<Trial> {
  const { packageName, folder, binding } = installation;
  const { stdout, printed, ending } = await runProgram([folder, binding], gpu);
  const answer = parseAnswer(stdout);
  if (answer === undefined) {
    const reason = `${packageName} ends the process that loads it (${ending})`;
    return { works: false, problem: { reason, remedy: 'its TensorFlow may need instructions that this CPU lacks' } };
  }
  const { tensorflow = 'of an unknown version', error } = answer;
  if (error !== undefined) return { works: false, problem: explainLoadFailure(packageName, error) };
  if (gpu && answer.gpu !== true) return { works: false, problem: explainMissingGpu(printed) };
  return { works: true, tensorflow, gpu: answer.gpu === true, printed };
}

interface Ended {
  readonly stdout: string;
  readonly printed: string;
  readonly ending: string;
}

function runProgram(args: readonly string[], gpu: boolean): Promise<Ended> {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  // It says why there is no GPU only where it may log; a trial must not take a whole GPU's memory.
  const env: NodeJS.ProcessEnv = { ...inherited, TF_CPP_MIN_LOG_LEVEL: '0', TF_FORCE_GPU_ALLOW_GROWTH: 'true' };
  if (!gpu) env.CUDA_VISIBLE_DEVICES = '-1';
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', program, ...args], { env, timeout: patience }, (error, stdout, stderr) => {
      const ending = error?.signal ?? (error === null ? 'without an answer' : `code ${error.code}`);
      resolve({ stdout, printed: stderr, ending });
    });
  });
}

function parseAnswer(stdout: string): Answer | undefined {
  try {
    return JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1)) as Answer;
  } catch {
    return undefined;
  }
}
