import { type Program, ProgramBuilder } from './program.ts';

const opening = /^\s*```(?:ts|typescript)\s*$/;
const closing = /^\s*```\s*$/;

/**
 * The fenced `ts` blocks of a Markdown page. A block whose first line is `// continued` goes on where the block before it
 * ended; every other block starts a program of its own.
 */
export function extractFromMarkdown(source: string, text: string): Program[] {
  return extract(source, text.split('\n'), true);
}

/** The fenced `ts` blocks in the doc comments of a TypeScript file, each a program of its own. */
export function extractFromDocComments(source: string, text: string): Program[] {
  let inside = false;
  const lines = text.split('\n').map((line) => {
    if (/^\s*\/\*\*/.test(line)) inside = true;
    const content = inside ? line.replace(/^\s*\/?\*+ ?/, '') : '';
    if (line.includes('*/')) inside = false;
    return content;
  });
  return extract(source, lines, false);
}

function extract(source: string, lines: readonly string[], mayContinue: boolean): Program[] {
  const builders: ProgramBuilder[] = [];
  let current: ProgramBuilder | null = null;
  let indent = 0;
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    if (current === null) {
      if (!opening.test(text)) continue;
      indent = text.search(/\S/);
      const previous = mayContinue && isContinuation(lines[index + 1]) ? builders.at(-1) : undefined;
      current = previous ?? new ProgramBuilder(source, line + 1);
      if (previous === undefined) builders.push(current);
    } else if (closing.test(text)) {
      current = null;
    } else {
      current.add(line, text.slice(Math.min(indent, text.search(/\S|$/))));
    }
  }
  if (current !== null) throw new Error(`${source}: a fenced block is not closed.`);
  return builders.map((builder) => builder.build());
}

function isContinuation(line: string | undefined): boolean {
  return line !== undefined && /^\s*\/\/ continued\b/.test(line);
}
