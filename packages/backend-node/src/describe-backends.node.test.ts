import { describe, expect, it, vi } from 'vitest';
import { describeBackends } from './describe-backends.ts';
import { computing, installFakes } from './testing/fake-package.ts';

async function linesAbout(from: string): Promise<string> {
  const lines: string[] = [];
  await describeBackends({ from, writer: (line) => lines.push(line) });
  return lines.join('\n').replaceAll(from, '/app/');
}

describe('describeBackends', () => {
  it('prints what was found, what is needed and what to do', async () => {
    expect(
      await linesAbout(installFakes({})),
    ).toBe(`Node ${process.versions.node} on ${process.platform} ${process.arch}

node-gpu cannot run here
  found:  nothing
  needed: @tensorflow/tfjs-node-gpu 4.22 with its native module, an NVIDIA GPU with its driver, and CUDA and cuDNN of the versions that its TensorFlow asks for
  wrong:  @tensorflow/tfjs-node-gpu is not installed
  to do:  npm install @tensorflow/tfjs-node-gpu@4

node cannot run here
  found:  nothing
  needed: @tensorflow/tfjs-node 4.22 with its native module (or @tensorflow/tfjs-node-gpu, on the CPU)
  wrong:  @tensorflow/tfjs-node is not installed
  to do:  npm install @tensorflow/tfjs-node@4`);
  });

  it('names the TensorFlow of what works', async () => {
    const from = installFakes({
      '@tensorflow/tfjs-node': { binding: '', main: computing() },
      '@tensorflow/tfjs-node-gpu': { binding: '', main: computing({ gpu: true }) },
    });
    const text = await linesAbout(from);
    expect(text).toContain(`node-gpu works here
  found:  @tensorflow/tfjs-node-gpu 4.22.0 in /app/node_modules/@tensorflow/tfjs-node-gpu
          TensorFlow 2.15.1, on a GPU`);
    expect(text).toContain('TensorFlow 2.15.1, on the CPU');
  });

  it('gives the same as data, and prints to the console', async () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => {});
    const from = installFakes({ '@tensorflow/tfjs-node': { binding: '', main: computing() } });
    const [gpu, cpu] = await describeBackends({ from });
    expect(gpu).toMatchObject({
      name: 'node-gpu',
      works: false,
      found: [],
      problem: { reason: '@tensorflow/tfjs-node-gpu is not installed' },
    });
    expect(cpu).toMatchObject({ name: 'node', works: true });
    expect(cpu?.problem).toBeUndefined();
    expect(info).toHaveBeenCalledWith('node works here');
  });
});
