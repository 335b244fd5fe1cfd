/** Something whose last change can be taken back, given the number that it recorded at the change. */
export interface Undoable {
  undo(previous: number): void;
  /** Called when the change can no longer be taken back: what it needed to be taken back may be freed. */
  settle?(): void;
}

/**
 * The changes of the connection that is under way, so that a failed one can be taken back.
 *
 * Entries are pairs in two parallel arrays, which keeps recording one free of allocation: it happens at every
 * connection of every module. Outside of a transaction nothing is recorded, so the log never grows.
 */
export class UndoLog {
  readonly #targets: Undoable[] = [];
  readonly #values: number[] = [];
  #depth = 0;
  #rollBacks = 0;
  #serial = 0;
  #mustSettle = false;

  /** Whether a transaction is under way. */
  get active(): boolean {
    return this.#depth > 0;
  }

  /** The number of the outermost transaction that is under way; 0 when there is none. */
  get serial(): number {
    return this.#depth === 0 ? 0 : this.#serial;
  }

  /** How many transactions have failed. */
  get rollBacks(): number {
    return this.#rollBacks;
  }

  /** Notes how to take back a change: `target.undo(previous)`. */
  record(target: Undoable, previous: number): void {
    if (this.#depth === 0) return;
    this.#targets.push(target);
    this.#values.push(previous);
  }

  /**
   * Notes a function that takes back a change. For changes that are rare.
   *
   * @param settle Is called instead when the change is final: with the outermost transaction, or at once without one.
   */
  recordAction(undo: () => void, settle?: () => void): void {
    if (settle === undefined) this.record({ undo }, 0);
    else if (this.#depth === 0) settle();
    else {
      this.record({ undo, settle }, 0);
      this.#mustSettle = true;
    }
  }

  /** Begins a transaction; the result goes to {@link commit} or {@link rollBack}. */
  begin(): number {
    if (this.#depth++ === 0) this.#serial++;
    return this.#targets.length;
  }

  /** Ends a transaction that succeeded. What it changed can still be taken back by the one around it. */
  commit(): void {
    this.#depth--;
    if (this.#depth === 0 && this.#targets.length > 0) {
      if (this.#mustSettle) this.#settle();
      this.#targets.length = 0;
      this.#values.length = 0;
    }
  }

  /** Ends a transaction that failed: takes back its changes, the latest first. */
  rollBack(mark: number): void {
    for (let i = this.#targets.length - 1; i >= mark; i--) this.#targets[i]?.undo(this.#values[i] ?? 0);
    this.#targets.length = mark;
    this.#values.length = mark;
    this.#depth--;
    this.#rollBacks++;
  }

  #settle(): void {
    this.#mustSettle = false;
    for (const target of this.#targets) target.settle?.();
  }
}
