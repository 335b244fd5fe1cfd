import { paritySuite } from './suite.ts';

paritySuite('cpu', { families: ['convolution'] });
paritySuite('wasm', { families: ['convolution'] });
