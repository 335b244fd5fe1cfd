import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Consumer } from './consumer.ts';

/** What `programs/train.js` reports. */
export interface TrainingReport {
  readonly backend: string;
  readonly simd: boolean;
  readonly missingKernels: readonly string[];
  readonly limitations?: readonly string[];
  readonly passedOver: readonly { readonly name: string; readonly reason: string }[];
  /** The loss before and after. */
  readonly first: number;
  readonly last: number;
}

const programs = fileURLToPath(new URL('../programs/', import.meta.url));

/** Puts the programs that train into a consumer's folder. */
export function copyPrograms({ folder }: Consumer): void {
  for (const file of readdirSync(programs)) copyFileSync(join(programs, file), join(folder, file));
}

/** The report among what a program printed. @throws Error when there is none. */
export function reportIn(output: string): TrainingReport {
  const report = output.split('\n').find((line) => line.startsWith('{'));
  if (report === undefined) throw new Error(`there is no report:\n${output}`);
  return JSON.parse(report) as TrainingReport;
}

/** A line about a report of wasm with our kernels. @throws Error when it is none. */
export function onOwnKernels(report: TrainingReport): string {
  const { backend, simd, limitations, missingKernels } = report;
  // The gradient of the embedding needs it, and stock tfjs has none.
  const ours = simd && limitations === undefined && !missingKernels.includes('UnsortedSegmentSum');
  if (backend !== 'wasm' || !ours) throw new Error(`own kernels do not run: ${JSON.stringify(report)}`);
  return `own kernels, ${lossOf(report)}`;
}

/** A line about a report of wasm with the kernels of stock tfjs, for this reason. @throws Error when it is none. */
export function onStockKernels(report: TrainingReport, reason: RegExp): string {
  const { backend, limitations = [] } = report;
  const [limitation = ''] = limitations;
  if (backend !== 'wasm' || !reason.test(limitation)) throw new Error(`unexpected: ${JSON.stringify(report)}`);
  return `stock kernels (${limitation}), ${lossOf(report)}`;
}

/** A line about a report of native TensorFlow. @throws Error when it is none. */
export function onTensorFlow(report: TrainingReport): string {
  if (report.backend !== 'node') throw new Error(`unexpected: ${JSON.stringify(report)}`);
  return lossOf(report);
}

/** A line about a report of cpu, wasm having been passed over for this reason. @throws Error when it is none. */
export function onCpu(report: TrainingReport, reason: RegExp): string {
  const given = report.passedOver.find(({ name }) => name === 'wasm')?.reason ?? '';
  if (report.backend !== 'cpu' || !reason.test(given)) throw new Error(`unexpected: ${JSON.stringify(report)}`);
  return `cpu (${given}), ${lossOf(report)}`;
}

function lossOf({ first, last }: TrainingReport): string {
  const text = `loss ${first.toFixed(3)} to ${last.toFixed(3)}`;
  if (!(last < first / 4)) throw new Error(`it does not learn: ${text}`);
  return text;
}
