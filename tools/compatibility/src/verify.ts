import * as umbrella from 'sonnetjs';
import { exportOf, packages } from './packages.ts';
import { memberName, type SonnetSymbol } from './symbols.ts';
import { missingTypes, type TypeCheck } from './type-checks.ts';

/** What was found in the built packages. */
export interface Verified {
  /** Whether the export is there. */
  readonly exists: boolean;
  /** The members, by their names here, that are not there or not public. */
  readonly missingMembers: readonly string[];
  /** Whether `sonnetjs` has it too. */
  readonly inUmbrella: boolean;
}

/** Looks for every symbol in the built packages: what runs in their modules, types and members in their declarations. */
export function verify(symbols: readonly SonnetSymbol[]): Map<SonnetSymbol, Verified> {
  const missing = missingTypes(symbols.flatMap(typeChecksOf));
  const verified = new Map<SonnetSymbol, Verified>();
  for (const symbol of symbols) {
    if (symbol.package === null || symbol.path === null) continue;
    const isTyped = !missing.has(existenceKey(symbol));
    verified.set(symbol, {
      exists: isTyped && (symbol.isType === true || exportOf(packages[symbol.package], symbol.path) !== undefined),
      missingMembers: (symbol.members ?? []).filter((name) => missing.has(memberKey(symbol, name))).map(memberName),
      inUmbrella: symbol.isType === true || exportOf(umbrella, symbol.path) !== undefined,
    });
  }
  return verified;
}

function existenceKey({ name }: SonnetSymbol): string {
  return name;
}

function memberKey({ name }: SonnetSymbol, member: string): string {
  return `${name}.${member}`;
}

/** What the compiler has to say of a symbol: whether it is exported, and has its members. */
function typeChecksOf(symbol: SonnetSymbol): TypeCheck[] {
  const { package: from, path } = symbol;
  if (from === null || path === null) return [];
  const [first = '', ...rest] = path.split('.');
  const value = `typeof import('${from}').${path}`;
  const exported: TypeCheck = {
    key: existenceKey(symbol),
    line: (id) =>
      rest.length === 0 ? `export type { ${first} as ${id} } from '${from}';` : `export type ${id} = ${value};`,
  };
  const instance = symbol.isType === true ? `import('${from}').${path}` : `(${value})['prototype']`;
  const owner = symbol.isType === true ? instance : `${instance} | ${value}`;
  const members = (symbol.members ?? []).map(
    (name): TypeCheck => ({ key: memberKey(symbol, name), line: (id) => memberLine(id, name, instance, owner) }),
  );
  return [exported, ...members];
}

/** A line that compiles when an instance, or the class itself, has a public member. */
function memberLine(id: string, name: string, instance: string, owner: string): string {
  if (name === '__call__') return `export const ${id}: IsFunction<${instance}> = true;`;
  return `export const ${id}: HasMember<${owner}, '${memberName(name)}'> = true;`;
}
