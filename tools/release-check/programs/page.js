/** Trains in a page, then in a worker of it, and makes both reports its title. */
import { train } from './train.js';

const words = (error) => ({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });

function trainInWorker() {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => resolve(words(event.message ?? 'the worker could not be loaded'));
  });
}

const page = await train().catch(words);
const worker = await trainInWorker();
document.title = JSON.stringify({ page, worker });
