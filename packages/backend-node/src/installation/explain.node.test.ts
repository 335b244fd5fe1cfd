import { describe, expect, it } from 'vitest';
import { explainLoadFailure, explainMissingGpu } from './explain.ts';

describe('explainLoadFailure', () => {
  it.each([
    [
      'libtensorflow.so.2: cannot open shared object file: No such file or directory',
      'libtensorflow.so.2 that the native module of @tensorflow/tfjs-node needs is missing',
    ],
    [
      'dlopen(/a/tfjs_binding.node, 0x0001): Library not loaded: @rpath/libtensorflow.2.dylib',
      '@rpath/libtensorflow.2.dylib that the native module of @tensorflow/tfjs-node needs is missing',
    ],
    [
      'The specified module could not be found.\n\\\\?\\C:\\a\\tfjs_binding.node',
      'a library that the native module of @tensorflow/tfjs-node needs is missing',
    ],
    [
      "/lib/libm.so.6: version `GLIBC_2.35' not found (required by /a/tfjs_binding.node)",
      'this system is too old for the native module of @tensorflow/tfjs-node ' +
        "(/lib/libm.so.6: version `GLIBC_2.35' not found (required by /a/tfjs_binding.node))",
    ],
    [
      '/a/tfjs_binding.node: invalid ELF header',
      'the native module of @tensorflow/tfjs-node is damaged or for another platform ' +
        '(/a/tfjs_binding.node: invalid ELF header)',
    ],
    ['It is broken.\n  at somewhere', '@tensorflow/tfjs-node cannot be loaded (It is broken.)'],
  ])('makes something of %j', (message, reason) => {
    expect(explainLoadFailure('@tensorflow/tfjs-node', message)).toEqual({
      reason,
      remedy: 'npm rebuild @tensorflow/tfjs-node --build-addon-from-source',
    });
  });

  it.each([
    '/a/tfjs_binding.node: undefined symbol: TFE_NewOp',
    "/a/libtensorflow_cc.so.2: version `tensorflow' not found (required by /a/tfjs_binding.node)",
    'dlopen(/a/tfjs_binding.node, 0x0001): Symbol not found: _TFE_NewOp',
  ])('says of %j that it is another library, and how to get the right one', (message) => {
    expect(explainLoadFailure('@tensorflow/tfjs-node', message)).toEqual({
      reason: `the TensorFlow library is not the one that the native module of @tensorflow/tfjs-node was built for (${message})`,
      remedy:
        'delete the folders deps and lib in @tensorflow/tfjs-node, then npm rebuild @tensorflow/tfjs-node --build-addon-from-source',
    });
  });

  it('names a package that is missing', () => {
    const message = "Cannot find module '@tensorflow/tfjs-core'\nRequire stack:\n- /a/index.js";
    expect(explainLoadFailure('@tensorflow/tfjs-node', message)).toEqual({
      reason: '@tensorflow/tfjs-core is missing, which @tensorflow/tfjs-node imports',
      remedy: 'npm install @tensorflow/tfjs-core',
    });
  });
});

describe('explainMissingGpu', () => {
  it.each([
    ['E tsl/cuda_diagnostics.cc] failed call to cuInit: CUDA_ERROR_NO_DEVICE: no device\n', 'failed call to cuInit'],
    ["W dso_loader.cc] Could not load dynamic library 'libcudnn.so.8'; dlerror: no\n", "library 'libcudnn.so.8'"],
    ['I cudart_stub.cc] Could not find cuda drivers on your machine, GPU will not be used.\n', 'cuda drivers'],
  ])('quotes from %j what says most', (printed, quoted) => {
    const { reason, remedy } = explainMissingGpu(printed);
    expect(reason).toMatch(/^TensorFlow finds no GPU that it can use \(it says: /);
    expect(reason).toContain(quoted);
    expect(remedy).toContain('CUDA');
  });

  it('needs no quotation', () => {
    expect(explainMissingGpu('').reason).toBe('TensorFlow finds no GPU that it can use');
  });
});
