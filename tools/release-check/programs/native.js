/** Trains on native TensorFlow in a process and prints the report. */
import { node } from '@sonnetjs/backend-node';
import { train } from './train.js';

console.log(JSON.stringify(await train([node()])));
