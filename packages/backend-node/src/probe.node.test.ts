import { describe, expect, it } from 'vitest';
import { findInstallation, type Installation } from './installation/installation.ts';
import { tryOut } from './probe.ts';
import { computing, type FakePackage, installFakes } from './testing/fake-package.ts';

function install(fake: FakePackage): Installation {
  const from = installFakes({ '@tensorflow/tfjs-node-gpu': fake });
  return findInstallation('@tensorflow/tfjs-node-gpu', from).installation as Installation;
}

describe('tryOut', () => {
  it('says which TensorFlow it is, and whether it uses a GPU', async () => {
    const onGpu = install({ binding: '', main: computing({ gpu: true }) });
    expect(await tryOut(onGpu, true)).toMatchObject({ works: true, tensorflow: '2.15.1', gpu: true });
    const onCpu = install({ binding: '', main: computing() });
    expect(await tryOut(onCpu, false)).toMatchObject({ works: true, tensorflow: '2.15.1', gpu: false });
  });

  it('wants a GPU where one is asked for, and quotes what TensorFlow says about it', async () => {
    const prints = 'I cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will not be used.';
    const trial = await tryOut(install({ binding: '', main: computing({ prints }) }), true);
    expect(trial).toMatchObject({
      works: false,
      problem: {
        reason: 'TensorFlow finds no GPU that it can use (it says: Could not find cuda drivers on your machine)',
      },
    });
  });

  it('lets TensorFlow log, and hides the GPUs where none is asked for', async () => {
    const main = `${computing()}
      process.stderr.write([process.env.TF_CPP_MIN_LOG_LEVEL, process.env.CUDA_VISIBLE_DEVICES].join());`;
    expect(await tryOut(install({ binding: '', main }), false)).toMatchObject({ printed: '\n0,-1' });
  });

  it("puts back what node has removed before the package's first op", async () => {
    const main = `${computing()} if (!require('util').isArray([])) throw new Error('no array');`;
    expect(await tryOut(install({ binding: '', main }), false)).toMatchObject({ works: true });
  });

  it("quotes the system's loader", async () => {
    const trial = await tryOut(install({ binding: new Uint8Array(10) }), false);
    expect(trial).toMatchObject({
      works: false,
      problem: { reason: expect.stringMatching(/damaged|cannot be loaded/) },
    });
  });

  it('survives a package that ends its process', async () => {
    const main = "process.kill(process.pid, 'SIGKILL'); while (true);";
    expect(await tryOut(install({ binding: '', main }), false)).toMatchObject({
      works: false,
      problem: { reason: '@tensorflow/tfjs-node-gpu ends the process that loads it (SIGKILL)' },
    });
  });

  it('does not take a wrong product for an answer', async () => {
    const trial = await tryOut(install({ binding: '', main: computing({ product: 0 }) }), false);
    expect(trial).toMatchObject({ problem: { reason: expect.stringContaining('3 times 7 is 0 there') } });
  });
});
