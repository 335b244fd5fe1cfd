import type { Timing } from '../measuring/measure.ts';
import type { OthersResult } from '../others/others.ts';
import type { StepResult } from '../steps.ts';
import { ratio, short, table, time } from './tables.ts';

/** What `scripts/python.py` writes: milliseconds, on one thread. */
export interface PythonResults {
  readonly versions: Readonly<Record<string, string>>;
  readonly models: Readonly<
    Record<string, Readonly<Record<string, { readonly step: number; readonly forward: number }>>>
  >;
}

/** The same training steps in all libraries. A library that was not measured has a dash. */
export function renderSideBySide(
  steps: readonly StepResult[],
  others: readonly OthersResult[] | null,
  python: PythonResults | null,
): string {
  const rows = steps.map(({ name, title, timings }) => {
    const [stock, raw, modules] = timings.map((timing) => time(timing.median));
    const jax = others?.find((result) => result.name === name)?.step[1];
    const pythonStep = (library: string): string => {
      const milliseconds = python?.models[name]?.[library]?.step;
      return milliseconds === undefined ? '–' : `${short(milliseconds)} ms`;
    };
    return [
      title,
      raw,
      modules,
      stock,
      jax === undefined ? '–' : time(jax.median),
      pythonStep('pytorch'),
      pythonStep('jax'),
    ].map(String);
  });
  const head = ['training step', 'ours, raw ops', 'ours, modules', 'stock tfjs', 'jax-js, jit', 'PyTorch', 'JAX, jit'];
  return table(head, rows);
}

/** The JavaScript libraries against ours in one run. */
export function renderOthers(results: readonly OthersResult[], python: PythonResults | null): string {
  const rows = results.flatMap(({ name, title, step, forward }) => {
    const line = (what: string, [ours, other]: readonly Timing[]): string[] => {
      if (ours === undefined || other === undefined) return [];
      return [title, what, time(ours.median), other.name, time(other.median), ratio(other.ratio, other.interval)];
    };
    const native = Object.entries(python?.models[name] ?? {}).map(([library, times]) => {
      const own = forward[0]?.median ?? Number.NaN;
      const quotient = `${((times.forward * 1000) / own).toFixed(3)}, of another run`;
      return [title, 'outputs', time(own), library, `${short(times.forward)} ms`, quotient];
    });
    return [line('training step', step), line('outputs', forward), ...native];
  });
  return table(['model', 'what', 'ours', 'other', 'its time', 'other ÷ ours (95 % interval)'], rows);
}
