import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** What a graph knows about one variable. */
export interface VariableRecord {
  readonly kind: 'single';
  readonly name: string;
  readonly variable: Variable;
}

/** What a graph knows about a variable that is stored in slices. */
export interface PartitionedRecord {
  readonly kind: 'partitioned';
  readonly name: string;
  readonly shape: readonly number[];
  readonly axis: number;
  readonly partitions: readonly number[];
  readonly slices: readonly Variable[];
  /** The slices as one tensor: a new tensor at every call. */
  read(): Tensor;
}

/**
 * A place in the tree of variable scope names: whether the name is taken, and the variables right inside it.
 *
 * A variable scope holds its node, so that entering it and looking up a variable take no work on strings.
 */
export class ScopeNode {
  readonly name: string;
  /** Whether a scope of this name is taken: what the uniquifying of scope names goes by. */
  opened = false;
  readonly variables: Map<string, VariableRecord | PartitionedRecord> = new Map();
  readonly #children: Map<string, ScopeNode> = new Map();

  constructor(name: string) {
    this.name = name;
  }

  /** The node of a name relative to this one; `a/b` goes down two levels. */
  at(path: string): ScopeNode {
    if (path.includes('/')) {
      let node: ScopeNode = this;
      for (const part of path.split('/')) if (part !== '') node = node.at(part);
      return node;
    }
    if (path === '') return this;
    let child = this.#children.get(path);
    if (child === undefined) {
      child = new ScopeNode(this.name === '' ? path : `${this.name}/${path}`);
      this.#children.set(path, child);
    }
    return child;
  }

  get children(): Iterable<ScopeNode> {
    return this.#children.values();
  }
}

/**
 * Which variable scope names are taken, with TensorFlow's rules for leaving a scope: one entered by name frees the names
 * below it, one entered as an object puts everything back to what it was.
 */
export class OpenedNames {
  readonly #changed: ScopeNode[] = [];
  #watchers = 0;

  open(node: ScopeNode): void {
    if (!node.opened) this.#flip(node);
  }

  /** Takes back an {@link open}. */
  close(node: ScopeNode): void {
    if (node.opened) this.#flip(node);
  }

  /** Frees the names below this one. */
  closeBelow(node: ScopeNode): void {
    for (const child of node.children) {
      if (child.opened) this.#flip(child);
      this.closeBelow(child);
    }
  }

  /** Begins a stretch that {@link restore} ends. */
  watch(): number {
    this.#watchers++;
    return this.#changed.length;
  }

  /** Ends the stretch and puts everything back to what it was at its beginning. */
  restore(mark: number): void {
    const changed = this.#changed;
    for (let i = changed.length - 1; i >= mark; i--) {
      const node = changed[i] as ScopeNode;
      node.opened = !node.opened;
    }
    this.#watchers--;
    if (changed.length > mark) changed.length = mark;
  }

  #flip(node: ScopeNode): void {
    if (this.#watchers > 0) this.#changed.push(node);
    node.opened = !node.opened;
  }
}
