export type { RandomKey } from './fold-label.ts';
export {
  type IntegersOptions,
  type NormalOptions,
  RandomStream,
  type RandomStreamOptions,
  type UniformOptions,
} from './random-stream.ts';
