import { isKeyed, isNamedTuple, keysOf } from './structure.ts';

const MAX_LENGTH = 400;
const MAX_DRAWN_DEPTH = 20;

/** A structure as text, with a dot for each leaf: `[., {a: ., b: [.]}]`. Cut off where it gets long. */
export function draw(structure: unknown): string {
  const parts: string[] = [];
  let length = 0;
  const write = (text: string): void => {
    if (length <= MAX_LENGTH) parts.push(text);
    length += text.length;
  };
  const visit = (value: unknown, depth: number): void => {
    if (length > MAX_LENGTH) return;
    if (depth > MAX_DRAWN_DEPTH) write('…');
    else if (Array.isArray(value)) {
      write('[');
      for (let i = 0; i < value.length && length <= MAX_LENGTH; i++) {
        if (i > 0) write(', ');
        visit(value[i], depth + 1);
      }
      write(']');
    } else if (isKeyed(value)) {
      const named = isNamedTuple(value);
      write(named ? `${value.constructor.name}(` : '{');
      keysOf(value).forEach((key, i) => {
        write(`${i > 0 ? ', ' : ''}${key}${named ? '=' : ': '}`);
        visit(value[key], depth + 1);
      });
      write(named ? ')' : '}');
    } else write('.');
  };
  visit(structure, 0);
  return length > MAX_LENGTH ? `${parts.join('')}…` : parts.join('');
}
