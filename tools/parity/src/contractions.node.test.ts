import { paritySuite } from './suite.ts';

paritySuite('cpu', { families: ['contractions'] });
paritySuite('wasm', { families: ['contractions'] });
