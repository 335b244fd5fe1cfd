export { MLP, type MLPCallOptions, type MLPOptions } from './mlp.ts';
