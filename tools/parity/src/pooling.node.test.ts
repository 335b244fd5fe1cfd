import { paritySuite } from './suite.ts';

paritySuite('cpu', { families: ['pooling'] });
paritySuite('wasm', { families: ['pooling'] });
