import type { AnyModule } from './abstract-module.ts';

/**
 * A module that knows how to make its mirror image: one that takes outputs of its shape and gives back its inputs' shape.
 *
 * Sonnet: `snt.Transposable`.
 */
export interface Transposable {
  /**
   * Makes the transpose. Sizes that are not known yet are looked up when the transpose is connected.
   *
   * @param options `name`: the default is this module's name with `_transpose` at its end.
   */
  transpose(options?: { readonly name?: string }): AnyModule;

  /**
   * The shape of the inputs at the latest connection.
   *
   * @throws NotConnectedError before the first connection.
   */
  readonly inputShape: readonly number[];
}
