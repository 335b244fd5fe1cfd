import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { binaryFor, type FakePackage, installFakes } from '../testing/fake-package.ts';
import { binaryPlatform } from './binary-platform.ts';
import { findUsable } from './find-usable.ts';
import { type Finding, findInstallation } from './installation.ts';

function find(fake: FakePackage): Finding {
  return findInstallation('@tensorflow/tfjs-node', installFakes({ '@tensorflow/tfjs-node': fake }));
}

describe('findInstallation', () => {
  it('says where a package and its native module are', () => {
    const folder = installFakes({ '@tensorflow/tfjs-node': { binding: '' } });
    const expected = join(folder, 'node_modules/@tensorflow/tfjs-node');
    expect(findInstallation('@tensorflow/tfjs-node', folder)).toEqual({
      installation: {
        packageName: '@tensorflow/tfjs-node',
        folder: expected,
        version: '4.22.0',
        binding: join(expected, 'lib/napi-v8/tfjs_binding.node'),
      },
    });
  });

  it('says that a package is not there', () => {
    expect(findInstallation('@tensorflow/tfjs-node-gpu', installFakes({}))).toEqual({
      problem: {
        reason: '@tensorflow/tfjs-node-gpu is not installed',
        remedy: 'npm install @tensorflow/tfjs-node-gpu@4',
      },
    });
  });

  it('says that the native module is not there, as after an installation without scripts', () => {
    const { installation, problem } = find({});
    expect(installation?.version).toBe('4.22.0');
    expect(problem?.reason).toMatch(/is installed without its native module .*napi-v8.tfjs_binding\.node$/);
    expect(problem?.remedy).toMatch(/^npm rebuild @tensorflow\/tfjs-node --build-addon-from-source/);
  });

  it('says that the native module is one of another platform', () => {
    const platform = process.platform === 'win32' ? 'linux' : 'win32';
    const { problem } = find({ binding: binaryFor(platform, 'arm64') });
    expect(problem?.reason).toContain(`was built for ${platform} arm64, and this is ${process.platform}`);
    expect(problem?.remedy).toContain('npm rebuild');
  });

  it.each(['3.21.0', '4.21.0', '5.0.0'])('refuses version %s', (version) => {
    expect(find({ version, binding: '' }).problem?.reason).toBe(`@tensorflow/tfjs-node is of version ${version}`);
  });

  it('takes later versions', () => {
    expect(find({ version: '4.30.1', binding: '' }).problem).toBeUndefined();
  });
});

describe('findUsable', () => {
  const works = { binding: '' };

  it('takes the package that suits', () => {
    const from = installFakes({ '@tensorflow/tfjs-node': works, '@tensorflow/tfjs-node-gpu': works });
    expect(findUsable({ gpu: false, from }).installation?.packageName).toBe('@tensorflow/tfjs-node');
    expect(findUsable({ gpu: true, from }).installation?.packageName).toBe('@tensorflow/tfjs-node-gpu');
  });

  it('takes the package for GPUs where the other does not serve, but never the other way round', () => {
    const gpuAlone = installFakes({ '@tensorflow/tfjs-node': {}, '@tensorflow/tfjs-node-gpu': works });
    expect(findUsable({ gpu: false, from: gpuAlone }).installation?.packageName).toBe('@tensorflow/tfjs-node-gpu');
    const cpuAlone = installFakes({ '@tensorflow/tfjs-node': works });
    expect(findUsable({ gpu: true, from: cpuAlone }).problem?.reason).toMatch(/tfjs-node-gpu is not installed/);
  });

  it('says of what is there what is wrong with it, before it asks for what is not', () => {
    const from = installFakes({ '@tensorflow/tfjs-node-gpu': {} });
    expect(findUsable({ gpu: false, from }).problem?.reason).toMatch(/tfjs-node-gpu is installed without/);
  });
});

describe('binaryPlatform', () => {
  it.each([
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['darwin', 'x64'],
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['win32', 'arm64'],
  ] as const)('knows native modules of %s on %s', (platform, arch) => {
    const { installation } = find({ binding: binaryFor(platform, arch) });
    expect(binaryPlatform(installation?.binding ?? '')).toEqual({ kind: 'binary', platform, arch });
  });

  it.each([
    ['too short', new Uint8Array(10)],
    ['of an unknown format', new Uint8Array(100)],
  ])('says nothing of a file that is %s', (_, binding) => {
    const { installation, problem } = find({ binding });
    expect(binaryPlatform(installation?.binding ?? '')).toEqual({ kind: 'unknown' });
    expect(problem).toBeUndefined();
  });
});
