import { globSync, readFileSync } from 'node:fs';
import { extractFromDocComments, extractFromMarkdown } from './extract.ts';
import type { Program } from './program.ts';

/** Programs of one source that run in one process, one after the other. */
export interface Suite {
  readonly source: string;
  /** Whether a cpu backend is set before each program; a page of the guide or a README has to set its own. */
  readonly hasBackend: boolean;
  readonly programs: readonly Program[];
}

/**
 * Everything that is run in plain node: the examples in doc comments, those of each Markdown page that users read, and
 * the files `*.node-test.ts`.
 *
 * @param root The repository's folder, with a slash at the end.
 */
export function collectSuites(root: URL): Suite[] {
  const find = (pattern: string) => globSync(pattern, { cwd: root }).map(withSlashes).sort();
  const read = (file: string) => readFileSync(new URL(file, root), 'utf8');
  const sources = find('packages/*/src/**/*.ts').filter((file) => !/\.(node-)?test\.ts$/.test(file));
  const pages = ['README.md', ...find('packages/*/README.md'), ...find('docs/guide/**/*.md')];
  return [
    ...sources.map((source) => ({ source, hasBackend: true, programs: extractFromDocComments(source, read(source)) })),
    ...pages.flatMap((source) => separately(extractFromMarkdown(source, read(source)))),
    ...find('packages/*/src/**/*.node-test.ts').flatMap((source) =>
      separately([{ source, line: 1, code: read(source) }]),
    ),
  ].filter(({ programs }) => programs.length > 0);
}

/** What a reader pastes into an empty file runs in a process of its own. */
function separately(programs: readonly Program[]): Suite[] {
  return programs.map((program) => ({ source: program.source, hasBackend: false, programs: [program] }));
}

function withSlashes(file: string): string {
  return file.replaceAll('\\', '/');
}
