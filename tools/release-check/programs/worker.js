/** Trains in a worker and posts the report to the page. */
import { train } from './train.js';

train().then(postMessage, (error) => postMessage({ error: `${error.name}: ${error.message}` }));
