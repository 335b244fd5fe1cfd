import { toSnakeCase } from '@sonnetjs/core';
import { type Case, type ErrorRecord, isObject, stepPaths, visitJson } from './case-format.ts';
import type { Comparison } from './compare.ts';
import type { Failure, Site } from './interpreter.ts';
import { camelCase, lastPart } from './python-names.ts';

/** The `name` here of Python's error classes. Sonnet's own (`snt.X`) keep theirs. */
const ERROR_CLASSES: ReadonlyMap<string, string> = new Map([
  ['ValueError', 'ValueError'],
  ['TypeError', 'TypeError'],
  ['KeyError', 'KeyError'],
  ['AttributeError', 'AttributeError'],
  ['NotImplementedError', 'NotImplementedError'],
  ['IndexError', 'ValueError'],
  ['ModuleNotFoundError', 'ValueError'],
  ['tf.errors.InvalidArgumentError', 'ValueError'],
  ['snt.Error', 'SonnetError'],
]);

/** The `name` of the error class here that stands for a class of Python. */
export function errorClass(pythonType: string): string {
  return ERROR_CLASSES.get(pythonType) ?? lastPart(pythonType);
}

/**
 * Compares an error with what a case expects: its class, its place and, where Sonnet wrote the text, its text.
 *
 * @param names The full names of the modules that the case has bound to names.
 */
export function compareError(
  item: Case,
  record: ErrorRecord,
  error: unknown,
  failure: Failure | null,
  names: readonly string[],
  comparison: Comparison,
): void {
  if (!(error instanceof Error)) {
    comparison.add('error', errorClass(record.type), error);
    return;
  }
  if (error.name !== errorClass(record.type)) {
    comparison.add('error.class', errorClass(record.type), `${error.name}: ${error.message}`);
  }
  if (failure === null) comparison.add('error.where', record.where, `outside of the library: ${error.stack}`);
  else comparePlace(item, record.where, failure, comparison);
  if (record.raisedBy === 'sonnet') {
    compareMessage(record.message, error.message, names, failure?.outer ?? null, comparison);
  }
}

/** An error must be raised at its place or at an earlier step. */
function comparePlace(item: Case, where: string, failure: Failure, comparison: Comparison): void {
  if (where === 'run') return;
  const expected = lambdaIndex(where);
  const got = lambdaIndex(failure.step);
  if (expected !== null) {
    if (got !== null && got > expected) comparison.add('error.where', where, failure.step);
    return;
  }
  const order = [...stepPaths(item.setup ?? [], 'setup'), 'constructor', ...stepPaths(item.calls ?? [], 'calls')];
  const step = failure.outer?.step ?? failure.step;
  if (order.indexOf(step) > order.indexOf(where)) comparison.add('error.where', where, step);
}

function lambdaIndex(path: string): number | null {
  const match = /^lambda\[(\d+)\]/.exec(path);
  return match === null ? null : Number(match[1]);
}

/** A message must name the module and hold every shape, number and quoted word of Sonnet's. */
function compareMessage(
  expected: string,
  got: string,
  names: readonly string[],
  site: Site | null,
  comparison: Comparison,
): void {
  const mentioned = names.filter((name) => hasWord(expected, name));
  const needed = mentioned.length > 0 ? mentioned : [scopeNameOf(site?.target), nameAtStart(expected)];
  for (const name of needed) if (!got.includes(name)) comparison.add('error.message', `the module's name ${name}`, got);
  for (const fact of factsOf(expected)) {
    if (!holdsFact(got, fact)) comparison.add('error.message', `${fact.kind} ${fact.text}`, got);
  }
}

/** The full name of a module inside others with which a message begins, as in `mlp/linear_0: rank of …`. */
function nameAtStart(message: string): string {
  return /^(\w+(?:\/\w+)+): /.exec(message)?.[1] ?? '';
}

/** The full name of a module; empty for everything else. */
export function scopeNameOf(value: unknown): string {
  return typeof value === 'function' && 'scopeName' in value ? String(value.scopeName) : '';
}

/** Something of a message that a reader needs. */
export interface Fact {
  readonly kind: 'the shape' | 'the number' | 'the word';
  readonly text: string;
}

const SHAPE = /[([](?:(?:-?\d+|None|\.\.\.),\s*)+(?:-?\d+|None|\.\.\.)?[)\]]|[([]-?\d+[)\]]/g;
const NUMBER = /(?<![\w.])-?\d+(?:\.\d+)?(?![\w]|\.\d)/g;
const QUOTED = /'([^']*)'|`([^`]*)`/g;

/** The shapes, numbers and quoted words of a message. */
export function factsOf(message: string): Fact[] {
  const facts: Fact[] = [];
  const withoutShapes = message.replace(SHAPE, (shape) => {
    facts.push({ kind: 'the shape', text: shape });
    return ' ';
  });
  for (const [number] of withoutShapes.matchAll(NUMBER)) facts.push({ kind: 'the number', text: number });
  for (const [, single, backquoted] of withoutShapes.replace(/'\{|\}'/g, ' ').matchAll(QUOTED)) {
    for (const word of (single ?? backquoted ?? '').match(/\w+/g) ?? []) facts.push({ kind: 'the word', text: word });
  }
  return facts;
}

/** Whether a message here holds a fact: a shape in our brackets, a word as it is or as it is called here. */
export function holdsFact(message: string, fact: Fact): boolean {
  if (fact.kind === 'the number')
    return [...message.matchAll(/-?\d+(?:\.\d+)?/g)].some(([text]) => Number(text) === Number(fact.text));
  if (fact.kind === 'the shape') return shapePattern(fact.text).test(message);
  return [fact.text, camelCase(fact.text), fact.text.toLowerCase()].some((word) => hasWord(message, word));
}

function hasWord(message: string, word: string): boolean {
  return new RegExp(`(?<![\\w/])${word.replace(/[^\w]/g, '\\$&')}(?![\\w/])`).test(message);
}

/** How a dimension that may have any size is written here. */
const UNKNOWN = '(?:None|null|\\?|any|batch|-1)';

/** Any number of dimensions: an ellipsis, or sizes. */
const ELLIPSIS = '(?:\\.\\.\\.|…|\\d+(?:\\s*,\\s*\\d+)*)';

function shapePattern(shape: string): RegExp {
  const items = shape
    .slice(1, -1)
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  const patterns = items.map((item) => (/^-?\d+$/.test(item) ? item : item === 'None' ? UNKNOWN : ELLIPSIS));
  return new RegExp(`(?<![\\w.])${patterns.join('\\s*,\\s*')}(?![\\w])`);
}

/** The names by which it shows whether a failed call has used up a name: those that the case's modules could get. */
export function namesToProbe(item: Case): string[] {
  const names = new Set<string>();
  visitJson(
    [item.setup ?? [], item.calls ?? [], { module: item.module ?? null, config: item.config ?? {} }],
    (value) => {
      if (!isObject(value)) return;
      if (typeof value.module === 'string') names.add(toSnakeCase(lastPart(value.module)));
      for (const key of ['name', 'variable_scope', 'name_scope']) {
        const name = value[key];
        if (typeof name === 'string' && /^[A-Za-z]\w*$/.test(name)) names.add(name);
      }
    },
  );
  return [...names].sort();
}
