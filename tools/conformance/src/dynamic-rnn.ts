import type { PythonArguments } from './call-site.ts';
import { camelKeys } from './python-names.ts';
import { resolveSymbol } from './symbols.ts';

/** Runs a core over a sequence with the library's own `dynamicRnn(core, inputs, options)`. */
export function runDynamicRnn(core: unknown, call: PythonArguments): unknown {
  const dynamicRnn = resolveSymbol('tf.nn.dynamic_rnn') as (
    core: unknown,
    inputs: unknown,
    options: unknown,
  ) => unknown;
  return dynamicRnn(core, call.args[0], camelKeys(call.kwargs));
}
