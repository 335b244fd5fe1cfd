export type { Expression, I32, Local, V128, ValueType } from './expression.ts';
export { FunctionBuilder } from './function-builder.ts';
export { type FunctionReference, ModuleBuilder } from './module-builder.ts';
export { f32, f64, i32 } from './scalar.ts';
export { f32x4, f64x2, i8x16, i32x4, v128 } from './vector.ts';
