import { type Case, isObject, visitJson } from '@sonnetjs/conformance/case-format';
import type { SonnetSymbol } from './symbols.ts';

/** Finds the symbols that cases are about. */
export class CaseSymbols {
  readonly #byLastName: ReadonlyMap<string, SonnetSymbol>;

  constructor(symbols: readonly SonnetSymbol[]) {
    const wanted = symbols.filter(({ path }) => path !== null);
    this.#byLastName = new Map(wanted.map((symbol) => [lastOf(symbol.name), symbol]));
  }

  /** All symbols that a case uses. */
  usedIn(item: Case): Set<SonnetSymbol> {
    return this.#found([item.class, ...namesIn(item)]);
  }

  /** The symbols that a case is about: that of its file, else the functions that it calls, else its module. */
  subjectsOf(item: Case): Set<SonnetSymbol> {
    const choices = [[item.class], functionsIn(item), [item.module ?? '']];
    return choices.map((names) => this.#found(names)).find(({ size }) => size > 0) ?? new Set();
  }

  #found(names: readonly string[]): Set<SonnetSymbol> {
    const symbols = names.map((name) => this.#byLastName.get(significant(name)));
    return new Set(symbols.filter((symbol) => symbol !== undefined));
  }
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** `Linear` of `snt.Linear.get_possible_initializer_keys`, `flatten` of `snt.nest.flatten`. */
function significant(pythonName: string): string {
  return pythonName.split('.').find((part) => /^[A-Z]/.test(part)) ?? lastOf(pythonName);
}

/** Symbols that cases call otherwise. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['bayes_by_backprop', 'bayes_by_backprop_getter'],
  ['context', 'Context'],
]);

/** The names of modules, classes, functions and errors in a case. */
function namesIn(item: Case): string[] {
  const names: string[] = [item.error?.type ?? ''];
  visitJson(item, (part) => {
    if (!isObject(part)) return;
    for (const key of ['module', 'className', 'function', 'fn', 'custom_getter']) {
      const name = part[key];
      if (typeof name === 'string') names.push(ALIASES.get(name) ?? name);
    }
    if (part.observe_connections !== undefined) names.push('observe_connections');
  });
  return names.filter((name) => !name.startsWith('tf.'));
}

function functionsIn(item: Case): string[] {
  return [...(item.setup ?? []), ...(item.calls ?? [])].flatMap((step) => step.function ?? []);
}
