import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Check } from '../check.ts';
import { binaryOf, runCommand } from '../run-command.ts';
import { publishedPackages, root } from '../workspace.ts';

const changeset = `---\n'@sonnetjs/layers': minor\n---\n\nA change in one package.\n`;

/** A release of one package leaves the versions of the others alone; tried on a copy of the manifests. */
export function versionsAreIndependent(folder: string): Check {
  return {
    name: 'a release of @sonnetjs/layers leaves the versions of the others alone',
    async run() {
      const copy = join(folder, 'versions');
      for (const file of ['package.json', 'pnpm-workspace.yaml', '.changeset/config.json']) {
        cpSync(join(root, file), join(copy, file));
      }
      writeFileSync(join(copy, '.changeset', 'one.md'), changeset);
      const manifests = publishedPackages().map((published) => {
        const target = join(copy, 'packages', basename(published.folder));
        mkdirSync(target, { recursive: true });
        // From 1.0.0 on a minor release is in the range of those who depend on the package.
        writeFileSync(join(target, 'package.json'), JSON.stringify({ ...published.manifest, version: '1.0.0' }));
        return join(target, 'package.json');
      });
      await runCommand(process.execPath, [binaryOf('@changesets/cli', 'changeset'), 'version'], { cwd: copy });
      const changed = manifests
        .map((file) => JSON.parse(readFileSync(file, 'utf8')) as { name: string; version: string })
        .filter(({ version }) => version !== '1.0.0');
      rmSync(copy, { recursive: true });
      const text = changed.map(({ name, version }) => `${name}@${version}`).join(', ');
      if (text !== '@sonnetjs/layers@1.1.0') throw new Error(`Expected @sonnetjs/layers@1.1.0; got ${text}.`);
      return text;
    },
  };
}
