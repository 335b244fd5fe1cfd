import { wasm } from '@sonnetjs/backend-wasm';
import { useBackend } from '@sonnetjs/core';
import { percent, print, printError, runCommand, save, variablesTable } from '@sonnetjs/example-kit';
import { compare, drawLosses, leadOf } from './report.ts';
import { commandLine, type Settings } from './settings.ts';
import { teach } from './teach.ts';

/** How far the memory must be above who does not look at the vectors, after a full run. */
const NEEDED_LEAD = 0.1;

async function main(settings: Settings): Promise<number> {
  const { backend } = await useBackend(wasm());
  const { world, out } = settings;
  print(
    `which of ${world.objects} vectors of ${world.dims} numbers is the n-th farthest from another; ` +
      `${backend.name} backend, node ${process.versions.node}`,
    '',
    'LSTM, to compare with',
    '',
  );
  const lstm = await teach(settings.lstm, settings);
  print('relational memory', '');
  const memory = await teach(settings.memory, settings);

  print(...variablesTable(memory.variables), '');
  print(...compare(world, memory, lstm), '');
  print(`loss curve: ${await save(out, 'loss-curve.svg', drawLosses(world, memory))}`);

  if (!settings.isFullRun || leadOf(world, memory) >= NEEDED_LEAD) return 0;
  printError(`The memory is less than ${percent(NEEDED_LEAD)} above who does not look at the vectors.`);
  return 1;
}

await runCommand(commandLine, main);
