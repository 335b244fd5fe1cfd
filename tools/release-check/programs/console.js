/** Trains in a process and prints the report. */
import { train } from './train.js';

console.log(JSON.stringify(await train()));
