import { openSource } from '../src/storage/source.ts';

// The server of vite has the files of the disk at addresses of their own, which are not those of its modules.
const here = import.meta.url.replace(/^(https?:\/\/[^/]+)(?!\/@fs)/, '$1/@fs');

/** Where a file of the folder `test-data` is, in node and in the browser of the tests. */
export function testData(path: string): URL {
  return new URL(`../test-data/${path}`, here);
}

/** What a file of JSON in the folder `test-data` says. */
export async function testJson(path: string): Promise<unknown> {
  const files = await openSource(testData(path));
  if (files.kind !== 'single') throw new Error(`${path} is one file.`);
  return JSON.parse(new TextDecoder().decode(files.bytes));
}
