import { paritySuite } from './suite.ts';

paritySuite('cpu', { families: ['reductions'] });
paritySuite('wasm', { families: ['reductions'] });
