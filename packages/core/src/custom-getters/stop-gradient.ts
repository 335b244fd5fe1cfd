import { stopGradient as stop } from '../ops/stop-gradient.ts';
import type { CustomGetter } from '../variables/get-variable-args.ts';

/**
 * A custom getter that keeps gradients from the variables: they are used, but not trained, through this module. They are
 * still in the collection of trainable variables.
 *
 * Sonnet: `snt.custom_getters.stop_gradient`.
 */
export const stopGradient: CustomGetter = (getter, name, args) => stop(getter(name, args));
