import Module, { createRequire } from 'node:module';
import { constants } from 'node:os';

/** As `dlopen` of Linux and macOS; there is nothing like it on Windows, which always does what it asks for. */
const bindAtOnce: number | undefined = constants.dlopen?.RTLD_NOW;

/**
 * Loads a native module, so that whoever requires it gets it.
 *
 * Node lets the system look for functions when they are first called: one that TensorFlow's library lacks would then end the
 * process, without an error that anybody could catch.
 *
 * @param file The path of the module.
 * @throws Error with the words of the system when it cannot be loaded, or when a function is missing.
 */
export function loadNativeModule(file: string): void {
  const require = createRequire(import.meta.url);
  const path = require.resolve(file);
  if (bindAtOnce === undefined || !path.endsWith('.node')) {
    require(path);
  } else if (require.cache[path] === undefined) {
    const module = new Module(path);
    process.dlopen(module, path, bindAtOnce);
    module.loaded = true;
    require.cache[path] = module;
  }
}
