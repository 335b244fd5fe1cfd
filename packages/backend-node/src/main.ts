#!/usr/bin/env node
/** The command line: `npx @sonnetjs/backend-node doctor`. */
import { describeBackends } from './describe-backends.ts';

const usage = `Usage: npx @sonnetjs/backend-node doctor

Says for native TensorFlow on a GPU and on the CPU what was found here, what is needed and what to do.
Ends with code 0 where at least one of them works.`;

const [command, ...rest] = process.argv.slice(2);
if (command === 'doctor' && rest.length === 0) {
  const descriptions = await describeBackends({ writer: console.log });
  if (!descriptions.some(({ works }) => works)) process.exitCode = 1;
} else {
  console.log(usage);
  if (command !== '--help') process.exitCode = 1;
}
