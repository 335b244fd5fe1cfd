import { ValueError } from '../errors.ts';
import type { Undoable, UndoLog } from './undo-log.ts';

const ROOT_PATTERN = /^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$/;
const NESTED_PATTERN = /^[A-Za-z0-9_.\\/>-]*$/;
const GENERATED_PATTERN = /^(.+)_([1-9]\d*)$/;

/** How often a name was used in one place, and which names were used inside it. */
class NameUses implements Undoable {
  /** The number that the next use gets; 0 while the name is unused. */
  next = 0;
  /** By name in small letters: TensorFlow takes `Foo` and `foo` for one name. */
  #inside: Map<string, NameUses> | null = null;
  #insideIsNumbered = false;

  undo(previous: number): void {
    this.next = previous;
  }

  /** The uses of a name inside this one. */
  of(name: string, outermost: boolean): NameUses {
    let uses = this.#inside?.get(name);
    if (uses !== undefined) return uses;
    checkScopeName(name, outermost);
    const key = name.toLowerCase();
    uses = this.#inside?.get(key);
    if (uses !== undefined) return uses;
    uses = new NameUses();
    this.#inside ??= new Map();
    this.#inside.set(key, uses);
    if (endsInDigit(name)) this.#insideIsNumbered = true;
    return uses;
  }

  /** The uses of `name_number` inside this one, where somebody asked for that name itself. */
  ofNumbered(name: string, number: number): NameUses | null {
    return this.#insideIsNumbered ? (this.#inside?.get(`${name}_${number}`.toLowerCase()) ?? null) : null;
  }

  /** The number for one more use of a name inside this one. */
  take(name: string, uses: NameUses, log: UndoLog): number {
    log.record(uses, uses.next);
    let number = uses.next;
    if (number === 0 && this.#wasGiven(name)) number = 1;
    if (number > 0) while ((this.ofNumbered(name, number)?.next ?? 0) > 0) number++;
    uses.next = number + 1;
    return number;
  }

  /** Whether `linear_1` was given to a later use of `linear`. */
  #wasGiven(name: string): boolean {
    if (!endsInDigit(name)) return false;
    const [, base = '', digits = ''] = GENERATED_PATTERN.exec(name.toLowerCase()) ?? [];
    const origin = this.#inside?.get(base);
    return origin !== undefined && origin.next > Number(digits);
  }
}

/**
 * One name scope of a graph.
 *
 * TensorFlow makes names unique with a table of all names in use, which grows with every connection. Here the uses of a
 * name are counted (the names of a program are finite), while what was used inside the `linear_1`, `linear_2`, … of later
 * connections is known only as long as they are open. So this differs: a `linear_1` that was left is empty when it is
 * entered again by its absolute name.
 */
export class NameScope {
  readonly parent: NameScope | null;
  readonly #name: string;
  readonly #number: number;
  #path: string | null = null;
  #uses: NameUses | null;

  private constructor(parent: NameScope | null, name: string, number: number, uses: NameUses | null) {
    this.parent = parent;
    this.#name = name;
    this.#number = number;
    this.#uses = uses;
  }

  /** The outermost scope of a graph. */
  static root(): NameScope {
    return new NameScope(null, '', 0, null);
  }

  /** The full name, such as `mlp_1/linear_0`; empty for the outermost scope. Made when it is first read. */
  get path(): string {
    if (this.#path === null) {
      const own = this.#number === 0 ? this.#name : `${this.#name}_${this.#number}`;
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
    if (slash >= 0) return this.#descend(name.slice(0, slash)).unique(name.slice(slash + 1), log);
    this.#uses ??= new NameUses();
    const uses = this.#uses.of(name, this.parent === null);
    const number = this.#uses.take(name, uses, log);
    return new NameScope(this, name, number, number === 0 ? uses : this.#uses.ofNumbered(name, number));
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

  #descend(path: string): NameScope {
    let scope: NameScope = this;
    for (const part of path.split('/')) {
      if (part === '') continue;
      scope.#uses ??= new NameUses();
      scope = new NameScope(scope, part, 0, scope.#uses.of(part, scope.parent === null));
    }
    return scope;
  }
}

function endsInDigit(name: string): boolean {
  const code = name.charCodeAt(name.length - 1);
  return code >= 48 && code <= 57;
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
