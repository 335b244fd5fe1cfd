import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../check.ts';
import type { Registry } from '../registry.ts';
import { runCommand } from '../run-command.ts';
import { publishedPackages, root } from '../workspace.ts';

function packFolder(folder: string): string {
  return join(folder, 'packed');
}

/** The files of the packages that {@link publishes} packed. */
export function tarballs(folder: string): string[] {
  const packed = join(packFolder(folder), 'packages');
  return readdirSync(packed).map((file) => join(packed, file));
}

/** Packs every package and publishes it to the loopback registry, as a release does. */
export function publishes(registry: Registry, folder: string): Check {
  return {
    name: 'changesets publishes every package',
    async run() {
      const { env } = registry;
      const packed = packFolder(folder);
      await runCommand('pnpm', ['exec', 'changeset', 'pack', '--out-dir', packed], { cwd: root, env });
      const publish = ['exec', 'changeset', 'publish', '--no-git-tag', '--from-pack-dir', packed];
      await runCommand('pnpm', publish, { cwd: root, env });
      const missing: string[] = [];
      const published: string[] = [];
      for (const { manifest } of publishedPackages()) {
        const response = await fetch(`${registry.url}${encodeURIComponent(manifest.name)}/${manifest.version}`);
        (response.ok ? published : missing).push(`${manifest.name}@${manifest.version}`);
      }
      if (missing.length > 0) throw new Error(`Not in the registry after publishing: ${missing.join(', ')}.`);
      return published.join(', ');
    },
  };
}
