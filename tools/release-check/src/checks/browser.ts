import { join } from 'node:path';
import { chromiumFlags, findChromium } from '@sonnetjs/chromium';
import { chromium } from 'playwright';
import { build, createServer, type InlineConfig, preview } from 'vite';
import type { Check } from '../check.ts';
import type { Consumer } from '../consumer.ts';
import { type ConsumerSlot, installed } from './installation.ts';

const page = '<!doctype html><title>waits</title><script type="module" src="/page.js"></script>';

const script = `
import { useBackend } from '@sonnetjs/core';
import { Linear } from '@sonnetjs/layers';
import { wasm } from '@sonnetjs/backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

try {
  const { backend } = await useBackend(wasm());
  const output = new Linear(3)(tf.ones([2, 4]));
  await output.data();
  document.title = 'done: ' + backend.name + ' ' + output.shape.join('x');
} catch (error) {
  document.title = 'failed: ' + error;
}
`;

/** In a browser, with vite's development server and from its minified build, nothing has to be configured. */
export function runsInBrowser(slot: ConsumerSlot): Check {
  return {
    name: 'wasm() starts in Chromium from vite and from its minified build',
    async run() {
      const executablePath = findChromium();
      if (executablePath === undefined) return 'skipped: no Chromium found (CHROMIUM_PATH or PATH)';
      const consumer = installed(slot);
      consumer.write('index.html', page);
      consumer.write('page.js', script);
      const titles = [`development server: ${await fromDevelopmentServer(consumer, executablePath)}`];
      titles.push(`minified build: ${await fromBuild(consumer, executablePath)}`);
      if (!titles.every((title) => title.endsWith(': done: wasm 2x3'))) throw new Error(titles.join('\n'));
      return titles.join('\n');
    },
  };
}

function configuration({ folder }: Consumer): InlineConfig {
  const server = { host: '127.0.0.1', port: 0 };
  return { root: folder, configFile: false, logLevel: 'silent', server, preview: server, build: { target: 'es2022' } };
}

async function fromDevelopmentServer(consumer: Consumer, executablePath: string): Promise<string> {
  const server = await createServer(configuration(consumer));
  try {
    await server.listen();
    return await titleOf(server.resolvedUrls?.local[0] ?? '', executablePath);
  } finally {
    await server.close();
  }
}

async function fromBuild(consumer: Consumer, executablePath: string): Promise<string> {
  const built = { ...configuration(consumer), build: { target: 'es2022', outDir: join(consumer.folder, 'built') } };
  await build(built);
  const server = await preview(built);
  try {
    return await titleOf(server.resolvedUrls?.local[0] ?? '', executablePath);
  } finally {
    await server.close();
  }
}

/** The page's title, once it is no longer the one that it starts with. */
async function titleOf(url: string, executablePath: string): Promise<string> {
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  try {
    const tab = await browser.newPage();
    await tab.goto(url);
    await tab.waitForFunction("document.title !== 'waits'", undefined, { timeout: 30_000 });
    return await tab.title();
  } finally {
    await browser.close();
  }
}
