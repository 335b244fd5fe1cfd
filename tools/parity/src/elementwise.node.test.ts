import { paritySuite } from './suite.ts';

paritySuite('cpu', { families: ['elementwise'] });
paritySuite('wasm', { families: ['elementwise'] });
