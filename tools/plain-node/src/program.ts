/** A TypeScript program made of one or more examples of a page. */
export interface Program {
  /** The file that the examples come from, relative to the repository, with forward slashes. */
  readonly source: string;
  /** The line on which the first example starts. */
  readonly line: number;
  /** Every line of code stands on the line that it has in the source, so that a compiler's message points there. */
  readonly code: string;
}

/** Collects code at the lines of its source. */
export class ProgramBuilder {
  readonly #source: string;
  readonly #line: number;
  readonly #lines: string[] = [];

  constructor(source: string, line: number) {
    this.#source = source;
    this.#line = line;
  }

  add(line: number, code: string): void {
    while (this.#lines.length < line - 1) this.#lines.push('');
    this.#lines.push(code);
  }

  build(): Program {
    // The closing statement makes a module of an example that imports nothing.
    return { source: this.#source, line: this.#line, code: `${[...this.#lines, 'export {};'].join('\n')}\n` };
  }
}
