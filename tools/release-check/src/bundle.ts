import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

/**
 * Bundles a program of a consumer for node with everything but TensorFlow.js, as the users' bundlers do.
 *
 * @param folder The consumer's folder.
 * @param name The bundle's name; `name.js` is written there.
 * @param code The program.
 * @returns The bundle.
 */
export async function bundle(
  folder: string,
  name: string,
  code: string,
  { minify = true }: { minify?: boolean } = {},
): Promise<string> {
  const entry = join(folder, `${name}.entry.js`);
  writeFileSync(entry, code);
  const result = await build({
    root: folder,
    configFile: false,
    logLevel: 'silent',
    build: {
      target: 'es2022',
      minify,
      write: false,
      modulePreload: false,
      rolldownOptions: {
        input: entry,
        preserveEntrySignatures: 'strict',
        external: [/^@tensorflow\//, /^node:/],
      },
    },
  });
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((output) =>
    'output' in output ? output.output : [],
  );
  const text = outputs.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('\n');
  writeFileSync(join(folder, `${name}.js`), text);
  return text;
}
