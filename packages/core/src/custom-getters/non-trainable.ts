import type { CustomGetter } from '../variables/get-variable-args.ts';

/**
 * A custom getter that makes the variables non-trainable: they are not in the collection of trainable variables, so no
 * optimizer changes them. It has no effect on variables that exist already.
 *
 * Sonnet: `snt.custom_getters.non_trainable`.
 */
export const nonTrainable: CustomGetter = (getter, name, args) => getter(name, { ...args, trainable: false });
