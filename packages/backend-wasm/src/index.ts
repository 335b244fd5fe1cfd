export type { WasmPaths } from './binaries.ts';
export { type WasmOptions, wasm } from './wasm.ts';
