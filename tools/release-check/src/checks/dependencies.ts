import type { Check } from '../check.ts';
import { runCommand } from '../run-command.ts';
import { publishedPackages, root } from '../workspace.ts';

/** The packages of ours that each package may depend on: the arrows of the architecture, which only point upwards. */
const mayDependOn: Readonly<Record<string, readonly string[]>> = {
  '@sonnetjs/gradients': [],
  '@sonnetjs/core': ['@sonnetjs/gradients'],
  '@sonnetjs/layers': ['@sonnetjs/core'],
  '@sonnetjs/nets': ['@sonnetjs/core', '@sonnetjs/layers'],
  '@sonnetjs/recurrent': ['@sonnetjs/core', '@sonnetjs/layers'],
  '@sonnetjs/spatial': ['@sonnetjs/core'],
  '@sonnetjs/bayes': ['@sonnetjs/core'],
  '@sonnetjs/checkpoint': ['@sonnetjs/core'],
  '@sonnetjs/backend-cpu': ['@sonnetjs/core'],
  '@sonnetjs/backend-wasm': ['@sonnetjs/core', '@sonnetjs/gradients'],
  '@sonnetjs/backend-node': ['@sonnetjs/core', '@sonnetjs/gradients'],
  sonnetjs: [
    '@sonnetjs/gradients',
    '@sonnetjs/core',
    '@sonnetjs/layers',
    '@sonnetjs/nets',
    '@sonnetjs/recurrent',
    '@sonnetjs/spatial',
    '@sonnetjs/bayes',
    '@sonnetjs/backend-cpu',
    '@sonnetjs/checkpoint',
    '@sonnetjs/backend-wasm',
  ],
};

/** The packages of others that a package may bring along; tfjs-core is everybody's peer. */
const bringsAlong: Readonly<Record<string, readonly string[]>> = {
  '@sonnetjs/backend-cpu': ['@tensorflow/tfjs-backend-cpu'],
  '@sonnetjs/backend-wasm': ['@tensorflow/tfjs-backend-wasm'],
};

/** The peers of others that a package may have besides tfjs-core, all optional. */
const optionalPeers: Readonly<Record<string, readonly string[]>> = {
  '@sonnetjs/backend-node': ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
};

/** Every package depends on what the architecture allows, and on nothing else. */
export const dependsOnWhatItMay: Check = {
  name: 'packages depend only on those above them',
  async run() {
    const complaints: string[] = [];
    for (const { manifest } of publishedPackages()) {
      const allowed = mayDependOn[manifest.name];
      if (allowed === undefined)
        complaints.push(`${manifest.name} has no line in the table of checks/dependencies.ts.`);
      const all = [...(allowed ?? []), ...(bringsAlong[manifest.name] ?? [])];
      for (const name of Object.keys(manifest.dependencies ?? {})) {
        if (!all.includes(name)) complaints.push(`${manifest.name} must not depend on ${name}.`);
      }
      for (const name of Object.keys(manifest.peerDependencies ?? {})) {
        const isOptional = manifest.peerDependenciesMeta?.[name]?.optional === true;
        const mayBe = isOptional ? optionalPeers[manifest.name] : ['@tensorflow/tfjs-core'];
        if (!mayBe?.includes(name)) complaints.push(`${manifest.name} must not have the peer ${name}.`);
      }
    }
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
    return undefined;
  },
};

/** No file imports itself by way of others, types included. */
export const hasNoImportCycles: Check = {
  name: 'no import cycles',
  async run() {
    const args = ['exec', 'biome', 'lint', '--only=suspicious/noImportCycles', '--max-diagnostics=50', 'packages'];
    await runCommand('pnpm', args, { cwd: root });
    return undefined;
  },
};
