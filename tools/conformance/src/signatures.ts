import { readFileSync } from 'node:fs';

/** One parameter of a Python function. */
export interface Parameter {
  readonly name: string;
  /** `required`, `optional` (it has a default), `args` for `*args` or `kwargs` for `**kwargs`. */
  readonly kind: 'required' | 'optional' | 'args' | 'kwargs';
}

function parseParameter(text: string): Parameter {
  if (text.startsWith('**')) return { name: text.slice(2), kind: 'kwargs' };
  if (text.startsWith('*')) return { name: text.slice(1), kind: 'args' };
  return text.endsWith('=') ? { name: text.slice(0, -1), kind: 'optional' } : { name: text, kind: 'required' };
}

/** Reads a file of lines `name(parameter, parameter=, *args, **kwargs)`; `#` starts a comment. */
export function parseSignatures(text: string): Map<string, Parameter[]> {
  const signatures = new Map<string, Parameter[]>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const open = line.indexOf('(');
    const parameters = line.slice(open + 1, line.lastIndexOf(')')).split(', ');
    signatures.set(line.slice(0, open), parameters.filter((parameter) => parameter !== '').map(parseParameter));
  }
  return signatures;
}

const signatures = parseSignatures(readFileSync(new URL('../signatures.txt', import.meta.url), 'utf8'));

/** What nobody has listed takes any arguments. */
const ANYTHING: readonly Parameter[] = [
  { name: 'args', kind: 'args' },
  { name: 'kwargs', kind: 'kwargs' },
];

/** The parameters of a class's constructor; of a function when no class has the name. */
export function parametersOf(name: string): readonly Parameter[] {
  return signatures.get(name) ?? ANYTHING;
}

/** The parameters of a method of the first of these classes (a class and its base classes) that lists it. */
export function methodParameters(classNames: readonly string[], method: string): readonly Parameter[] {
  for (const className of [...classNames, '*']) {
    const parameters = signatures.get(`${className}.${method}`);
    if (parameters !== undefined) return parameters;
  }
  return ANYTHING;
}
