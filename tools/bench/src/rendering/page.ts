import type { ProductResult } from '../gemm.ts';
import type { KernelVerdict } from '../kernels/kernels.ts';
import type { Machine } from '../measuring/machine.ts';
import type { OthersResult } from '../others/others.ts';
import type { Comparison } from '../overhead.ts';
import type { SoakResult } from '../soak.ts';
import type { StepResult } from '../steps.ts';
import { type PythonResults, renderOthers, renderSideBySide } from './side-by-side.ts';
import { renderKernels, renderOverhead, renderProducts, renderSoak, renderSteps } from './tables.ts';

/** Gives a result by its name, or null. */
export type Reader = (name: string) => { readonly machine: Machine; readonly results: unknown } | null;

const introduction = `# The WebAssembly backend, measured

This page is written by \`pnpm bench render\` from the files in \`results/\`, which \`pnpm bench\` and
\`tools/bench/scripts/python.sh\` write. Times are medians. What is compared ran in the same process, in turns, on
filled buffers; the interval behind a ratio is that of the median over the rounds, by bootstrap. "Stock" is
\`@tensorflow/tfjs-core\` 4.22 with its own wasm backend, in the same process with an engine, kernels and a heap of its own.
Everything runs on one thread.`;

const aboutSteps = `One step on a fixed batch: forward, backward, gradient descent. The columns *stock tfjs* and *ours, raw ops* run the same
program; *ours, modules* is the same network of Sonnet modules, trained with \`minimize\`. All begin with the same weights,
and it is checked that they reach the same loss. Inputs of the language model are one-hot, since stock has no gradient of an
embedding on wasm. Stock also has no gradient of a convolution by its filter: it is composed of stock's ops, by the faster
of two ways.`;

const aboutProducts = `The peak is that of a loop in registers, of multiplications and additions or of the fused instruction of relaxed SIMD,
whichever is faster here; it runs in the same rounds. A product may be above it, where its instructions wait for each other less than
those of the loop. A timing is of calls in a row for at least 20 ms, and the rounds are shared out
to four passes through all cases.`;

const aboutOthers = `jax-js compiles its step with \`jit\` on its WebAssembly device; onnxruntime-web computes outputs only. Losses and outputs
are checked to be ours. The versions are those in \`tools/bench/package.json\`. PyTorch and JAX are native code, in a process of their
own kept to one core and one thread; their versions are in \`results/python.json\`.`;

const aboutKernels = `A kernel counts as slower when the 95 % interval of ours ÷ stock lies above 1.10 in both of two runs, which are processes
of their own. For kernels that compute each element from one element of each input, and for reductions, *a copy* is the time in which
a loop of vector loads and stores moves as many bytes, and *arithmetic* the time that the operations take at the peak of a
loop in registers; both run in the same rounds. *Of the bar* is our time ÷ the larger of 1.5 times the one and 2 times the other, the
median over the rounds of each run, and a kernel counts as beyond the bar when both runs say so. The rounds of a run are shared out
to three passes through all kernels. Below 262144 elements, what a call costs hides what an element costs, and there is no bar.`;

interface Section {
  readonly title: string;
  readonly result: string;
  readonly about: string;
  readonly render: (results: never, read: Reader) => string;
}

const sections: readonly Section[] = [
  {
    title: 'Training steps',
    result: 'steps',
    about: aboutSteps,
    render: (results: readonly StepResult[], read) => {
      const others = read('others')?.results as OthersResult[] | undefined;
      const python = read('python')?.results as PythonResults | undefined;
      const sideBySide = renderSideBySide(results, others ?? null, python ?? null);
      return `${renderSteps(results)}\n\nBeside other libraries, which were measured in other runs:\n\n${sideBySide}`;
    },
  },
  {
    title: 'Other libraries',
    result: 'others',
    about: aboutOthers,
    render: (results: readonly OthersResult[], read) =>
      renderOthers(results, (read('python')?.results as PythonResults | undefined) ?? null),
  },
  {
    title: 'Matrix products',
    result: 'gemm',
    about: aboutProducts,
    render: (results: readonly ProductResult[]) => renderProducts(results),
  },
  {
    title: 'Convolutions',
    result: 'conv',
    about:
      'The gradients are those that a training step computes. Operations are counted as if borders were not cut off.',
    render: (results: readonly ProductResult[]) => renderProducts(results),
  },
  {
    title: 'What a module costs',
    result: 'overhead',
    about: 'The same ops by hand in a `tf.tidy`, and as modules.',
    render: (results: readonly Comparison[]) => renderOverhead(results),
  },
  {
    title: 'An hour of training',
    result: 'soak',
    about: 'Steps of all models, of raw ops and of modules; all memory is looked at after a garbage collection.',
    render: (results: SoakResult) => renderSoak(results),
  },
  {
    title: 'Kernels',
    result: 'kernels',
    about: aboutKernels,
    render: (results: readonly KernelVerdict[]) => renderKernels(results),
  },
];

/** The page of all results that there are. */
export function renderPage(read: Reader): string {
  const parts = sections.flatMap(({ title, result, about, render }) => {
    const kept = read(result);
    if (kept === null) return [];
    return [`## ${title}`, about, render(kept.results as never, read), describeMachine(kept.machine)];
  });
  return `${[introduction, ...parts].join('\n\n')}\n`;
}

/** Where a result was measured. */
export function describeMachine({ cpu, cores, system, node, relaxedSimd, commit, date }: Machine): string {
  const simd = relaxedSimd ? 'relaxed SIMD' : 'no relaxed SIMD';
  return `Measured on ${date} at commit ${commit}: ${cpu}, ${cores} cores, ${system}, node ${node}, ${simd}.`;
}
