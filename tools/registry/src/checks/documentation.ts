import { readdirSync, readFileSync } from 'node:fs';
import type { ModuleEntry } from '../entry.ts';

const ROOT = new URL('../../../../', import.meta.url);

/** The source file in which a package declares a class, or null. */
export function sourceOf({ name, package: packageName }: ModuleEntry): string | null {
  const folder = new URL(`packages/${packageName.replace('@sonnetjs/', '')}/src/`, ROOT);
  const declaration = new RegExp(`^export (abstract )?class ${name}\\b`, 'm');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    const text = readFileSync(new URL(file, folder), 'utf8');
    if (declaration.test(text)) return text;
  }
  return null;
}

/** The doc comment that stands before the declaration of a class, or an empty string. */
export function docCommentOf(name: string, source: string): string {
  const declaration = source.search(new RegExp(`^export (abstract )?class ${name}\\b`, 'm'));
  const before = source.slice(0, declaration).replace(/\/\/ biome-ignore.*\n$/, '');
  if (!before.trimEnd().endsWith('*/')) return '';
  return before.slice(before.lastIndexOf('/**'));
}

/** The fields of the exported interfaces of a source that have no doc comment. */
export function undocumentedOptions(source: string): string[] {
  const missing: string[] = [];
  for (const [, name = '', body = ''] of source.matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)) {
    const lines = body.split('\n');
    lines.forEach((line, i) => {
      const field = /^ {2}(?:readonly )?(\w+)\??[:(]/.exec(line)?.[1];
      if (field !== undefined && !lines[i - 1]?.trimEnd().endsWith('*/')) missing.push(`${name}.${field}`);
    });
  }
  return missing;
}
