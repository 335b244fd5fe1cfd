import { testedBackends } from './backends.ts';
import { paritySuite } from './suite.ts';

for (const name of testedBackends) paritySuite(name, { families: ['contractions'] });
