import { ValueError } from '../errors.ts';
import type { Undoable, UndoLog } from './undo-log.ts';

const ROOT_PATTERN = /^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$/;
const NESTED_PATTERN = /^[A-Za-z0-9_.\\/>-]*$/;
const GENERATED_PATTERN = /^(.+)_([1-9]\d*)$/;

/**
 * One name scope of a graph, and how often each name was used inside it.
 *
 * TensorFlow makes names unique with a table of all names in use, which grows with every connection. Here a scope that
 * is entered for the first time keeps its table (the names of a program are finite), while the `linear_1`, `linear_2`, …
 * of later connections exist only while they are open: their parent just remembers the next number.
 */
export class NameScope implements Undoable {
  readonly parent: NameScope | null;
  readonly #base: string;
  readonly #suffix: number;
  #path: string | null = null;
  /** The number that the next use of this name gets; 0 while it is unused. */
  #next = 0;
  #children: Map<string, NameScope> | null = null;
  #hasNumberedChild = false;

  constructor(parent: NameScope | null, base: string, suffix: number) {
    this.parent = parent;
    this.#base = base;
    this.#suffix = suffix;
  }

  /** The full name, such as `mlp_1/linear_0`; empty for the outermost scope. Made when it is first read. */
  get path(): string {
    if (this.#path === null) {
      const own = this.#suffix === 0 ? this.#base : `${this.#base}_${this.#suffix}`;
      const outer = this.parent === null ? '' : this.parent.path;
      this.#path = outer === '' ? own : `${outer}/${own}`;
    }
    return this.#path;
  }

  /**
   * Uses a name inside this scope: gives the scope of that name or, if it was used before, of the first free `name_n`.
   *
   * @throws ValueError when the name has characters that no scope name may have.
   */
  unique(name: string, log: UndoLog): NameScope {
    const slash = name.lastIndexOf('/');
    const child = slash < 0 ? this.#child(name) : this.#descend(name.slice(0, slash)).#child(name.slice(slash + 1));
    return child.#use(log);
  }

  /** The scope of an absolute name, used or not; nothing is made unique. */
  reenter(path: string): NameScope {
    let root: NameScope = this;
    while (root.parent !== null) {
      if (root.path === path) return root;
      root = root.parent;
    }
    return path === '' ? root : root.#descend(path);
  }

  undo(previous: number): void {
    this.#next = previous;
  }

  #use(log: UndoLog): NameScope {
    log.record(this, this.#next);
    const parent = this.parent as NameScope;
    let number = this.#next;
    if (number > 0 && parent.#hasNumberedChild) {
      while (parent.#children?.has(`${this.#base.toLowerCase()}_${number}`)) number++;
    }
    this.#next = number + 1;
    return number === 0 ? this : new NameScope(parent, this.#base, number);
  }

  #child(name: string): NameScope {
    let child = this.#children?.get(name);
    if (child !== undefined) return child;
    checkScopeName(name, this.parent === null);
    const key = name.toLowerCase();
    child = this.#children?.get(key);
    if (child !== undefined) return child;
    child = new NameScope(this, name, 0);
    const generated = GENERATED_PATTERN.exec(key);
    if (generated !== null) {
      const [, base = '', digits = ''] = generated;
      const origin = this.#children?.get(base);
      if (origin !== undefined && origin.#next > Number(digits)) child.#next = 1;
      this.#hasNumberedChild = true;
    }
    this.#children ??= new Map();
    this.#children.set(key, child);
    return child;
  }

  #descend(path: string): NameScope {
    let scope: NameScope = this;
    for (const part of path.split('/')) if (part !== '') scope = scope.#child(part);
    return scope;
  }
}

/**
 * Checks a name for {@link nameScope}, {@link variableScope} or a module.
 *
 * @throws ValueError when it has characters that no scope name may have, or, for an outermost scope, begins wrongly.
 */
export function checkScopeName(name: string, outermost: boolean): void {
  const pattern = outermost ? ROOT_PATTERN : NESTED_PATTERN;
  if (pattern.test(name)) return;
  const where = outermost ? 'outermost scope' : 'scope';
  throw new ValueError(
    `'${name}' is not a valid name of an ${where}: it must match ${pattern.source}. ` +
      'Choose a name of letters, digits, dots, dashes and (not in first place) underscores.',
  );
}
