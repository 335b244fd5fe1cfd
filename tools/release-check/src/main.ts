/** Everything that has to hold before the packages are published: `pnpm release-check`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from './check.ts';
import { trainsInBrowser } from './checks/browser.ts';
import { keepsNames, staysSmall } from './checks/bundles.ts';
import { typeChecks } from './checks/consumer-types.ts';
import { dependsOnWhatItMay, hasNoImportCycles } from './checks/dependencies.ts';
import { versionsAreIndependent } from './checks/independent-versions.ts';
import { type ConsumerSlot, installsAlone, trainsInPlainNode, umbrellaRuns } from './checks/installation.ts';
import { hasItsFiles, passesAttw, passesKnip, passesPublint } from './checks/manifests.ts';
import { nativeIsOptional, trainsOnTensorFlow } from './checks/native.ts';
import { publishes } from './checks/publish.ts';
import { trainsInRuntimes, trainsOnLesserEngines } from './checks/runtimes.ts';
import { startRegistry } from './registry.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonnetjs-release-'));
const registry = await startRegistry(folder);
const slot: ConsumerSlot = {};
const umbrella: ConsumerSlot = {};
const native: ConsumerSlot = {};
try {
  const passed = await runChecks([
    dependsOnWhatItMay,
    hasNoImportCycles,
    passesKnip,
    versionsAreIndependent(folder),
    publishes(registry, folder),
    hasItsFiles(folder),
    passesPublint(folder),
    passesAttw(folder),
    installsAlone(folder, registry, slot),
    trainsInPlainNode(slot),
    umbrellaRuns(folder, registry, umbrella),
    nativeIsOptional(folder, registry, native),
    trainsOnTensorFlow(native),
    trainsInRuntimes(umbrella),
    trainsOnLesserEngines(umbrella),
    trainsInBrowser(umbrella),
    typeChecks(slot, umbrella),
    keepsNames(slot),
    staysSmall(slot, umbrella),
  ]);
  if (!passed) process.exitCode = 1;
} finally {
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
}
