import { Tensor } from '@tensorflow/tfjs-core';
import { SonnetError } from '../errors.ts';
import type { NameScope } from '../graph/name-scope.ts';
import type { Undoable, UndoLog } from '../graph/undo-log.ts';
import { flatten } from '../nest/index.ts';
import type { AnyModule } from './abstract-module.ts';
import { type BuildParameters, nameArguments } from './build-parameters.ts';

/**
 * How many connections a module remembers besides the first one.
 *
 * @example
 * ```ts
 * import { Module, REMEMBERED_CONNECTIONS, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const net = new Module((x: number) => x, { name: 'net' });
 * for (let i = 0; i < 1000; i++) net(i);
 * assert.equal(net.connectedSubgraphs.length, 1 + REMEMBERED_CONNECTIONS);
 * ```
 */
export const REMEMBERED_CONNECTIONS = 64;

/** What a connection has to say before anybody asks for it in words. */
export interface ConnectionParts {
  readonly module: AnyModule;
  readonly scope: NameScope;
  /** Connections of shared methods are listed with a slash at the end of their name scope. */
  readonly suffix: '' | '/';
  readonly declared: BuildParameters | null;
  readonly args: readonly unknown[];
  readonly outputs: unknown;
}

/**
 * One connection of a module: the call's inputs and outputs, and the name scope in which it took place.
 *
 * It does not keep tensors alive. Sonnet: `ConnectedSubGraph`.
 *
 * @example
 * ```ts
 * import { Module, resetDefaultGraph } from '@sonnetjs/core';
 * import assert from 'node:assert';
 *
 * resetDefaultGraph();
 * const double = new Module((x: number) => 2 * x, { name: 'double' });
 * double(3);
 * const { module, nameScope, inputs, outputs } = double.lastConnectedSubgraph;
 * assert.deepEqual([module, nameScope, inputs, outputs], [double, 'double', { arg0: 3 }, 6]);
 * ```
 */
export class ConnectedSubGraph {
  readonly #parts: ConnectionParts;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** The module that was connected. */
  get module(): AnyModule {
    return this.#parts.module;
  }

  /** The name scope of the connection, such as `mlp_1/linear_0`. */
  get nameScope(): string {
    return this.#parts.scope.path + this.#parts.suffix;
  }

  /**
   * The inputs by the names of the parameters, defaults included.
   *
   * @throws SonnetError when a tensor among them was disposed meanwhile.
   */
  get inputs(): Record<string, unknown> {
    const { declared, args } = this.#parts;
    return this.#alive(nameArguments(declared, args), 'inputs');
  }

  /**
   * What the connection returned.
   *
   * @throws SonnetError when a tensor in it was disposed meanwhile.
   */
  get outputs(): unknown {
    return this.#alive(this.#parts.outputs, 'outputs');
  }

  #alive<T>(structure: T, what: string): T {
    for (const leaf of flatten(structure)) {
      if (leaf instanceof Tensor && leaf.isDisposed) {
        throw new SonnetError(
          `${String(this.#parts.module)}: the ${what} of its connection "${this.nameScope}" hold a tensor that was ` +
            'disposed (it was made inside tf.tidy or a gradient, or freed by hand). Read them before that, or tf.keep it.',
        );
      }
    }
    return structure;
  }
}

/** The connections of one module: the first one and the latest {@link REMEMBERED_CONNECTIONS}. */
export class ConnectionLog implements Undoable {
  #first: ConnectedSubGraph | null = null;
  readonly #latest: ConnectedSubGraph[] = [];

  push(connection: ConnectedSubGraph, log: UndoLog): void {
    if (this.#first === null) this.#first = connection;
    else this.#latest.push(connection);
    log.record(this, 0);
    if (this.#latest.length < 2 * REMEMBERED_CONNECTIONS) return;
    const forgotten = this.#latest.splice(0, REMEMBERED_CONNECTIONS);
    log.recordAction(() => this.#latest.unshift(...forgotten));
  }

  undo(): void {
    if (this.#latest.pop() === undefined) this.#first = null;
  }

  get last(): ConnectedSubGraph | null {
    return this.#latest.at(-1) ?? this.#first;
  }

  all(): ConnectedSubGraph[] {
    return this.#first === null ? [] : [this.#first, ...this.#latest.slice(-REMEMBERED_CONNECTIONS)];
  }
}
