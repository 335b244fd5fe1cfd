import { inputPhases, type Phase } from '../convolution/correlation.ts';
import { type Axes, type VolumeCorrelation, windowCount } from './volumes.ts';

/** A part of the gradient by the input that the same taps of the filter reach. */
export interface InputPart {
  readonly phases: Axes<Phase>;
  /** The windows, on the gradient of the results. */
  readonly correlation: VolumeCorrelation;
  readonly windows: number;
  /** How many of the filter's taps it takes. */
  readonly taps: number;
  /** Whether it is the whole gradient. */
  readonly whole: boolean;
}

/** All parts of a gradient by the input, and whether there is nothing beside them. */
export interface InputParts {
  readonly parts: readonly InputPart[];
  readonly complete: boolean;
}

/** Plans a gradient by the input: one part for each combination of remainders that the strides leave. */
export function planInputParts({ batch, axes }: VolumeCorrelation, outChannels: number): InputParts {
  const [depthPhases, rowPhases, columnPhases] = axes.map(inputPhases) as [Phase[], Phase[], Phase[]];
  const parts: InputPart[] = [];
  for (const depth of depthPhases) {
    for (const row of rowPhases) {
      for (const column of columnPhases) {
        const phases: Axes<Phase> = [depth, row, column];
        const correlation = { batch, axes: [depth.axis, row.axis, column.axis] as const, channels: outChannels };
        parts.push({
          phases,
          correlation,
          windows: windowCount(correlation),
          taps: phases.reduce((product, { axis }) => product * axis.taps, 1),
          whole: phases.every(({ step }) => step === 1),
        });
      }
    }
  }
  return { parts, complete: parts.length === axes.reduce((product, { stride }) => product * stride, 1) };
}
