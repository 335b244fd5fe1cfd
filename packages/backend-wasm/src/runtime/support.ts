import { f32x4, i32x4, ModuleBuilder, v128 } from '../emitter/index.ts';

/** What the engine says against compiling WebAssembly here, as a page's Content-Security-Policy makes it do; or nothing. */
export async function compileRefusal(): Promise<string | undefined> {
  try {
    await WebAssembly.compile(new ModuleBuilder().finish());
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether the engine takes vector instructions and may compile code that is made at run time. */
export function simdValidates(): boolean {
  const module = new ModuleBuilder();
  module.function('f', { address: 'i32' }, (f, { address }) =>
    f.do(v128.store(address, i32x4.add(v128.load(address), i32x4.const(1)))),
  );
  return WebAssembly.validate(module.finish());
}

/** Whether the engine takes relaxed SIMD, whose multiply-add is one instruction. */
export function relaxedSimdValidates(): boolean {
  const module = new ModuleBuilder();
  module.function('f', { address: 'i32' }, (f, { address }) => {
    const x = v128.load(address);
    f.do(v128.store(address, f32x4.relaxedMultiplyAdd(x, x, x)));
  });
  return WebAssembly.validate(module.finish());
}
