import type { OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { findChromium } from '@sonnetjs/chromium';
import { build, createServer, type InlineConfig } from 'vite';
import type { Check } from '../check.ts';
import { openTabs, type Tabs } from '../chromium-tabs.ts';
import type { Consumer } from '../consumer.ts';
import { serveFolder } from '../static-server.ts';
import { copyPrograms, onCpu, onOwnKernels, type TrainingReport } from '../training-report.ts';
import { runTrials, type Trial } from '../trials.ts';
import { writeUnbundledPage } from '../unbundled-page.ts';
import { type ConsumerSlot, installed } from './installation.ts';

/** In a browser, nothing has to be configured, whichever way the code gets there. */
export function trainsInBrowser(slot: ConsumerSlot): Check {
  return {
    name: 'a network trains on wasm in Chromium, in a page and in a worker',
    async run() {
      const executablePath = findChromium();
      if (executablePath === undefined) return 'skipped: no Chromium found (CHROMIUM_PATH or PATH)';
      const consumer = installed(slot);
      copyPrograms(consumer);
      const tabs = await openTabs(executablePath);
      try {
        return await runTrials(ways(consumer, tabs));
      } finally {
        await tabs.close();
      }
    },
  };
}

const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const policy = (scripts: string) => ({ 'Content-Security-Policy': `default-src 'self'; script-src ${scripts}` });

function ways(consumer: Consumer, tabs: Tabs): Trial[] {
  const page = writeUnbundledPage(consumer);
  const fromBuild = (headers: OutgoingHttpHeaders) => fromFiles(outputFolder(consumer), '', tabs, headers);
  return [
    { name: 'development server of vite', run: async () => each(await fromDevelopmentServer(consumer, tabs)) },
    {
      name: 'minified build of vite',
      async run() {
        await build(configuration(consumer));
        return each(await fromBuild({}));
      },
    },
    { name: 'the same, cross-origin isolated', run: async () => each(await fromBuild(isolated)) },
    {
      name: "policy with 'wasm-unsafe-eval'",
      run: async () => each(await fromBuild(policy("'self' 'wasm-unsafe-eval'"))),
    },
    {
      name: 'policy without it',
      run: async () => each(await fromBuild(policy("'self'")), (report) => onCpu(report, /'wasm-unsafe-eval'/)),
    },
    { name: 'without a bundler', run: async () => each(await fromFiles(consumer.folder, page, tabs, {})) },
  ];
}

function outputFolder({ folder }: Consumer): string {
  return join(folder, 'built');
}

function configuration(consumer: Consumer): InlineConfig {
  const { folder: root } = consumer;
  const server = { host: '127.0.0.1', port: 0 };
  return { root, configFile: false, logLevel: 'silent', server, build: { outDir: outputFolder(consumer) } };
}

/** What each place reports, by its name: the page, and its worker where it has one. */
type Reports = Readonly<Record<string, TrainingReport | { readonly error: string }>>;

async function fromDevelopmentServer(consumer: Consumer, tabs: Tabs): Promise<Reports> {
  const server = await createServer(configuration(consumer));
  try {
    await server.listen();
    return JSON.parse(await tabs.titleOf(server.resolvedUrls?.local[0] ?? '')) as Reports;
  } finally {
    await server.close();
  }
}

async function fromFiles(folder: string, page: string, tabs: Tabs, headers: OutgoingHttpHeaders): Promise<Reports> {
  const server = await serveFolder(folder, headers);
  try {
    return JSON.parse(await tabs.titleOf(server.url + page)) as Reports;
  } finally {
    server.stop();
  }
}

/** A line about the reports; where all say the same, only once. */
function each(reports: Reports, describe: (report: TrainingReport) => string = onOwnKernels): string {
  const places = new Map<string, string[]>();
  for (const [place, report] of Object.entries(reports)) {
    if ('error' in report) throw new Error(`${place}: ${report.error}`);
    const text = describe(report);
    places.set(text, [...(places.get(text) ?? []), place]);
  }
  return [...places].map(([text, names]) => `${names.join(' and ')}: ${text}`).join('; ');
}
