export { Context, type ContextOptions } from './context.ts';
export { nonTrainable } from './non-trainable.ts';
export { overrideArgs, overrideDefaultArgs } from './override-args.ts';
export { stopGradient } from './stop-gradient.ts';
