import { existsSync, readdirSync } from 'node:fs';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { chromiumFlags, findChromium } from './tools/chromium/src/chromium.ts';
import { preparedTensorFlow } from './tools/native-tensorflow/src/prepared.ts';

const source = '@sonnetjs/source';
const conditions = [source, 'module', 'node', 'development|production'];
const quietConsole = new URL('tools/testing/src/quiet-console.ts', import.meta.url).pathname;
const cpuBackend = new URL('tools/testing/src/cpu-backend.ts', import.meta.url).pathname;
const wasmBackend = new URL('tools/chromium/src/wasm-setup.ts', import.meta.url).pathname;

/** A machine that is busy with something else must not make a test fail. */
const testTimeout = 60_000;

/** The tests of a workspace package in node, on the sources of all packages. */
function nodeProject(folder: string): TestProjectInlineConfiguration {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: [source] } },
    test: {
      name: folder.split('/').at(-1) ?? folder,
      root: folder,
      include: ['src/**/*.test.ts'],
      setupFiles: [quietConsole, cpuBackend],
      testTimeout,
      restoreMocks: true,
    },
  };
}

/** The tests of the published packages in a browser; `*.node.test.ts` are about node and stay there. */
function browserProject(executablePath: string): TestProjectInlineConfiguration {
  return {
    resolve: { conditions: [source, 'module', 'browser', 'development|production'] },
    // Cross-origin isolation, which pages with threads need.
    server: {
      headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    },
    test: {
      name: 'browser',
      include: ['packages/*/src/**/*.test.ts'],
      exclude: ['**/*.node.test.ts'],
      setupFiles: [quietConsole, wasmBackend],
      testTimeout,
      restoreMocks: true,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { executablePath, args: [...chromiumFlags] } }),
        instances: [{ browser: 'chromium' }],
      },
    },
  };
}

const folders = ['packages', 'tools', 'docs/examples'].flatMap((parent) =>
  readdirSync(new URL(parent, import.meta.url))
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(new URL(`${folder}/package.json`, import.meta.url))),
);

const chromium = findChromium();
const notes = [
  ...(chromium === undefined
    ? ['The tests in the browser were left out: there is no Chromium on PATH or in CHROMIUM_PATH.']
    : []),
  ...(['cpu', 'gpu'] as const)
    .filter((flavor) => preparedTensorFlow(flavor) === undefined)
    .map(
      (flavor) =>
        `The tests on native TensorFlow (${flavor}) were left out: \`pnpm native-tensorflow ${flavor}\` prepares it.`,
    ),
];

export default defineConfig({
  test: {
    projects: [...folders.map(nodeProject), ...(chromium === undefined ? [] : [browserProject(chromium)])],
    reporters: ['default', ['./tools/testing/src/counting-reporter.ts', { note: notes.join('\n') }]],
    // Patterns are relative to each project's folder.
    coverage: { include: ['src/**/*.ts'], exclude: ['**/*.test.ts', '**/*.node-test.ts'], reportOnFailure: true },
  },
});
