export * from '@sonnetjs/backend-cpu';
export * from '@sonnetjs/backend-wasm';
export * from '@sonnetjs/core';
export * from '@sonnetjs/gradients';
export * from '@sonnetjs/layers';
export { parseStringToConstructor } from './parse-string-to-constructor.ts';
