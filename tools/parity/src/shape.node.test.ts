import { paritySuite } from './suite.ts';

paritySuite('cpu', { families: ['shape'] });
paritySuite('wasm', { families: ['shape'] });
