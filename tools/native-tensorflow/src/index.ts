export type { Flavor } from './pins.ts';
export { preparedTensorFlow } from './prepared.ts';
