import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Something that a line of TypeScript can tell. */
export interface TypeCheck {
  readonly key: string;
  /** The line, which compiles when it is so. Types `HasMember<T, Name>` and `IsFunction<T>` are there. */
  line(id: string): string;
}

/** What is `any` has every member, and tells nothing. */
const PRELUDE = [
  'type IsAny<T> = 0 extends 1 & T ? true : false;',
  'type Keys<T> = T extends unknown ? keyof T : never;',
  'type HasMember<T, Name> = IsAny<T> extends true ? false : Name extends Keys<T> ? true : false;',
  'type IsFunction<T> = IsAny<T> extends true ? false : T extends (...args: never[]) => unknown ? true : false;',
];

/** As a program that uses the packages: without the condition by which the workspace finds their sources. */
const CONFIGURATION = {
  compilerOptions: {
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023', 'dom'],
    strict: true,
    types: [],
    noEmit: true,
    skipLibCheck: true,
  },
  files: ['checks.ts'],
};

const folder = fileURLToPath(new URL('../.generated/', import.meta.url));
const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));

/**
 * The keys of the checks that fail against the declarations of the built packages.
 *
 * @throws Error when the compiler fails in another way.
 */
export function missingTypes(checks: readonly TypeCheck[]): Set<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}checks.ts`, [...PRELUDE, ...checks.map(({ line }, i) => line(`check${i}`)), ''].join('\n'));
  writeFileSync(`${folder}tsconfig.json`, JSON.stringify(CONFIGURATION));
  const { stdout, stderr, status, error } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  const missing = new Set<string>();
  for (const line of stdout.split('\n').filter((text) => text !== '' && !/^\s/.test(text))) {
    const number = Number(/checks\.ts\((\d+),\d+\): error/.exec(line)?.[1]);
    const check = checks[number - 1 - PRELUDE.length];
    if (check === undefined) throw new Error(`The compiler says: ${line}`);
    missing.add(check.key);
  }
  if (status !== 0 && missing.size === 0) throw new Error(`The compiler has failed: ${stderr}`);
  return missing;
}
