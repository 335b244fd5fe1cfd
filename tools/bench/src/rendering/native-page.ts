import type { NativeResult } from '../native/compare.ts';
import type { NativeSoakResult } from '../native/soak.ts';
import { renderNative, renderNativeSoak } from './native-tables.ts';
import { describeMachine, type Reader } from './page.ts';

const introduction = `# Native TensorFlow, measured

This page is written by \`pnpm bench render\` from the files in \`results/\`, which \`pnpm bench native\`, \`pnpm bench native
--gpu\` and \`pnpm bench native-soak\` write.`;

const aboutSteps = `One step on a fixed batch: forward, backward, gradient descent, of the models on the page of the WebAssembly backend. All
columns ran in one process, in turns, from the same weights, and it is checked that they reach the same loss. *node* is
\`@sonnetjs/backend-node\`, *wasm* is \`@sonnetjs/backend-wasm\`; *stock tfjs-node* and *stock tfjs on wasm* are TensorFlow.js as it
is, with engines and gradients of their own, and run the program of *raw ops*; *modules* is the same network of Sonnet modules.
Times are medians. A ratio above 1 says that TensorFlow with our adapter, of raw ops, is faster. TensorFlow uses all cores;
wasm computes on one thread.`;

const noCpu = 'Not measured yet: `pnpm native-tensorflow cpu && pnpm bench native` does that.';

const noGpu = `Not measured yet: there was no machine with a GPU. On one with an NVIDIA driver, CUDA and cuDNN
\`pnpm native-tensorflow gpu && pnpm bench native --gpu\` does that, and \`pnpm bench render\` puts it here, beside the CPU of that
machine if \`pnpm bench native\` was run there. The same code with tfjs-node-gpu is built and run on the CPU in every test run.`;

const noSoak = 'Not measured yet: `pnpm native-tensorflow cpu && pnpm bench native-soak` does that.';

const aboutSoak = `A small network trains on one batch with Adam. Memory is looked at after a garbage collection; the process may be at most a
twentieth larger at the end than after 1,000 steps.`;

/** The page about native TensorFlow. What was not measured is said. */
export function renderNativePage(read: Reader): string {
  const [cpu, gpu, soak] = [read('native'), read('native-gpu'), read('native-soak')];
  const isSame = cpu !== null && gpu !== null && cpu.machine.cpu === gpu.machine.cpu;
  const sections = [
    introduction,
    '## Training steps on the CPU',
    aboutSteps,
    ...(cpu === null ? [noCpu] : [renderNative(cpu.results as NativeResult, null), describeMachine(cpu.machine)]),
    '## Training steps on a GPU',
    ...(gpu === null
      ? [noGpu]
      : [
          renderNative(gpu.results as NativeResult, isSame ? (cpu.results as NativeResult) : null),
          describeMachine(gpu.machine),
        ]),
    '## Fifty thousand steps',
    aboutSoak,
    ...(soak === null ? [noSoak] : [renderNativeSoak(soak.results as NativeSoakResult), describeMachine(soak.machine)]),
  ];
  return `${sections.join('\n\n')}\n`;
}
