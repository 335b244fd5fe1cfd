import { ValueError } from '../errors.ts';

/**
 * Finds a module class by its name, so that configurations can be written down as JSON.
 *
 * @param name The name of an export, such as `LayerNorm`; what lies deeper needs the prefix: `snt.nets.MLP`.
 * @param namespace Where to look, such as `import * as snt from 'sonnetjs'`.
 * @throws ValueError when there is no class of that name.
 *
 * Sonnet: `snt.parse_string_to_constructor`.
 *
 * @example
 * ```ts
 * import * as core from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * assert.equal(core.parseStringToConstructor('snt.Module', core), core.Module);
 * ```
 */
export function parseStringToConstructor(name: string, namespace: object): new (...args: never[]) => object {
  if (typeof name !== 'string') {
    throw new TypeError(`parseStringToConstructor: expected a name; got ${String(name)} (${typeof name}).`);
  }
  const normalized = normalize(name);
  let found: unknown = namespace;
  for (const part of normalized.split('.').slice(1)) {
    const holder: unknown = found;
    found =
      typeof holder === 'object' && holder !== null && Object.hasOwn(holder, part)
        ? Reflect.get(holder, part)
        : undefined;
  }
  if (typeof found !== 'function') {
    throw new ValueError(
      `parseStringToConstructor: could not find \`${name}\`, after normalizing to \`${normalized}\`. ` +
        'Give the namespace that exports it.',
    );
  }
  return found as new (
    ...args: never[]
  ) => object;
}

function normalize(name: string): string {
  if (!name.includes('.')) return `sonnet.${name}`;
  if (/^(snt|sonnet)\./.test(name)) return name.replace(/^snt\./, 'sonnet.');
  throw new ValueError(
    `parseStringToConstructor: \`${name}\` is not a name of Sonnet's: with a dot it must begin with \`snt.\`.`,
  );
}
