import { readFileSync } from 'node:fs';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { Check } from '../check.ts';
import { binaryOf, runCommand } from '../run-command.ts';
import { publishedPackages, root } from '../workspace.ts';
import { tarballs } from './publish.ts';

/** publint in its strict mode, on what is packed: entries, files, formats. */
export function passesPublint(folder: string): Check {
  return {
    name: 'publint --strict has nothing to say',
    async run() {
      const complaints: string[] = [];
      for (const file of tarballs(folder)) {
        const tarball = Uint8Array.from(readFileSync(file)).buffer;
        const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
        complaints.push(...messages.map((message) => `${pkg.name}: ${formatMessage(message, pkg, { color: false })}`));
      }
      if (complaints.length > 0) throw new Error(complaints.join('\n'));
      return undefined;
    },
  };
}

/** Are the types wrong?, on what is packed: declarations that every module resolution finds. */
export function passesAttw(folder: string): Check {
  return {
    name: 'attw --profile esm-only has nothing to say',
    async run() {
      const attw = binaryOf('@arethetypeswrong/cli', 'attw');
      for (const file of tarballs(folder)) {
        await runCommand(process.execPath, [attw, file, '--profile', 'esm-only', '--no-color', '--no-emoji']);
      }
      return undefined;
    },
  };
}

/** No license, README or built file is missing from a package. */
export function hasItsFiles(folder: string): Check {
  return {
    name: 'every package holds its license, its README and what its entries name, and no test',
    async run() {
      const complaints: string[] = [];
      for (const file of tarballs(folder)) {
        const files = (await runCommand('tar', ['-tzf', file]))
          .split('\n')
          .map((line) => line.replace(/^package\//, ''));
        for (const needed of ['LICENSE', 'README.md', 'package.json', 'dist/index.js', 'dist/index.d.ts']) {
          if (!files.includes(needed)) complaints.push(`${file}: ${needed} is missing`);
        }
        for (const name of files.filter((name) => /test\.|\.tsbuildinfo$/.test(name))) {
          complaints.push(`${file}: ${name} should not be there`);
        }
      }
      if (complaints.length > 0) throw new Error(complaints.join('\n'));
      return `${publishedPackages().length} packages`;
    },
  };
}

/** knip: no unused file, export or dependency, no undeclared one. */
export const passesKnip: Check = {
  name: 'knip finds nothing unused and nothing undeclared',
  async run() {
    await runCommand(process.execPath, [binaryOf('knip'), '--no-progress', '--no-config-hints'], { cwd: root });
    return undefined;
  },
};
