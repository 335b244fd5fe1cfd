import { nest } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Projection, Sequence } from './sequence.ts';

/** How many steps, or groups of steps, are gone through before their results are put together. */
const GROUP = 64;

/** The most elements that a projection may have at once where no gradient needs them later. */
const PROJECTED_ELEMENTS = 1 << 22;

/** One step: gets the inputs of the step and the state before it. */
export type Step<Values, State, Output> = (inputs: Values, state: State) => readonly [output: Output, nextState: State];

/**
 * Goes through a sequence step by step, each with the state that the one before it left.
 *
 * Only the outputs and the latest state outlive it. Results are put together in groups, and groups in groups, so that a
 * number of tensors exists at any time that hardly grows with the number of steps, unless a gradient holds them.
 *
 * @param sequence At least one step.
 * @param step Computes a step.
 * @param projection What is computed for many steps at once, in as large pieces as memory allows.
 * @returns The outputs, [steps, batch, …] in the order of the inputs, and the state after the last step gone through.
 *   For a sequence with states the outputs are `[outputs, states]`.
 */
export function scan<Values, State, Output>(
  sequence: Sequence<Values>,
  state: State,
  step: Step<Values, State, Output>,
  projection: Projection<Values> | null = null,
): [outputs: Output, finalState: State] {
  const run: Run<State> = {
    step: step as Step<unknown, State, unknown>,
    sequence,
    projection: projection as Projection<unknown> | null,
  };
  return scanRange(run, { values: sequence.values, first: 0, count: sequence.steps }, state) as [Output, State];
}

interface Run<State> {
  readonly step: Step<unknown, State, unknown>;
  readonly sequence: Sequence;
  readonly projection: Projection<unknown> | null;
}

/** Some steps that follow each other. */
interface Range {
  readonly values: unknown;
  readonly first: number;
  readonly count: number;
}

function scanRange<State>(run: Run<State>, range: Range, state: State): [unknown, State] {
  const { projection } = run;
  return tidied(() => {
    if (projection !== null && isWorthProjecting(projection, range.count)) {
      const values = projection.apply(range.values);
      return scanRange({ ...run, projection: null }, { ...range, values }, state);
    }
    return range.count > GROUP ? scanGroups(run, range, state) : scanSteps(run, range, state);
  });
}

function scanGroups<State>(run: Run<State>, range: Range, state: State): [unknown, State] {
  const { reversed, outputsAsGone } = run.sequence;
  const groups = splitRange(range);
  const outputs: unknown[] = [];
  for (const group of reversed ? groups.reverse() : groups) {
    const [output, next] = scanRange(run, { ...group, values: group.values() }, state);
    outputs.push(output);
    state = next;
  }
  const ordered = reversed && !outputsAsGone ? outputs.reverse() : outputs;
  return [joined(ordered, (parts) => tf.concat(parts, 0)), state];
}

function scanSteps<State>(run: Run<State>, { values, first, count }: Range, state: State): [unknown, State] {
  const { sequence, step } = run;
  const inputs = unstacked(values, count);
  const outputs: unknown[] = [];
  for (let i = 0; i < count; i++) {
    const at = sequence.reversed ? count - 1 - i : i;
    const previous = state;
    const [output, next] = tidied(() => {
      const [output, next] = step(inputs[at], previous);
      return [output, (sequence.carry?.(first + at, previous, next, []) ?? next) as State] as const;
    });
    outputs.push(sequence.withStates ? [output, next] : output);
    state = next;
  }
  const ordered = sequence.reversed && !sequence.outputsAsGone ? outputs.reverse() : outputs;
  return [joined(ordered, (parts) => tf.stack(parts)), state];
}

function isWorthProjecting({ elementsPerStep }: Projection<unknown>, count: number): boolean {
  return count <= GROUP || gradientDepth() > 0 || count * elementsPerStep <= PROJECTED_ELEMENTS;
}

/** How many gradients are being computed around this: tfjs then records, and holds all that they need. */
export function gradientDepth(): number {
  return tf.engine().state.gradientDepth;
}

/** The groups of a range, whose values are cut out when they are asked for. */
function splitRange({ values, first, count }: Range): { values: () => unknown; first: number; count: number }[] {
  let size = GROUP;
  while (size * GROUP < count) size *= GROUP;
  const starts = Array.from({ length: Math.ceil(count / size) }, (_, i) => i * size);
  const counts = starts.map((start) => Math.min(size, count - start));
  // The gradient of many slices of one tensor takes many times its size; that of a split does not.
  const parts = gradientDepth() > 0 ? distributed(values, counts.length, (leaf) => tf.split(leaf, counts)) : null;
  return starts.map((start, i) => ({
    values: () => parts?.[i] ?? nest.map((leaf) => sliceSteps(leaf as tf.Tensor, start, counts[i] as number), values),
    first: first + start,
    count: counts[i] as number,
  }));
}

function sliceSteps(leaf: tf.Tensor, start: number, count: number): tf.Tensor {
  const rest = leaf.shape.slice(1);
  return tf.slice(leaf, [start, ...rest.map(() => 0)], [count, ...rest]);
}

function unstacked(values: unknown, count: number): unknown[] {
  return distributed(values, count, (leaf) => tf.unstack(leaf));
}

/** Structures of the first, second, … of what each leaf of a structure is divided into. */
function distributed(values: unknown, count: number, divide: (leaf: tf.Tensor) => tf.Tensor[]): unknown[] {
  if (values instanceof tf.Tensor) return divide(values);
  const leaves = (nest.flatten(values) as tf.Tensor[]).map(divide);
  return Array.from({ length: count }, (_, i) =>
    nest.packSequenceAs(
      values,
      leaves.map((parts) => parts[i]),
    ),
  );
}

/** A structure of what the corresponding leaves of several structures are put together to. */
function joined(structures: readonly unknown[], join: (leaves: tf.Tensor[]) => tf.Tensor): unknown {
  const [first] = structures;
  if (first instanceof tf.Tensor) return join(structures as tf.Tensor[]);
  const leaves = structures.map((structure) => nest.flatten(structure) as tf.Tensor[]);
  return nest.packSequenceAs(
    first,
    (leaves[0] ?? []).map((_, i) => join(leaves.map((list) => list[i] as tf.Tensor))),
  );
}

/** Runs a function so that only the tensors that it returns outlive it. */
function tidied<T>(fn: () => T): T {
  return tf.tidy(fn as () => tf.TensorContainer) as T;
}
