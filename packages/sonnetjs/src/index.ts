export * from '@sonnetjs/backend-cpu';
export * from '@sonnetjs/backend-wasm';
export * from '@sonnetjs/core';
export * from '@sonnetjs/gradients';
export * from '@sonnetjs/layers';
export * from '@sonnetjs/nets';
export * as nets from '@sonnetjs/nets';
export { parseStringToConstructor } from './parse-string-to-constructor.ts';
