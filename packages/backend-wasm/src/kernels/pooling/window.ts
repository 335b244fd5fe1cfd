import { type FunctionBuilder, type I32, i32, type Local, type ValueType } from '../../emitter/index.ts';
import { sizeOf } from '../shape.ts';

/** The order of the numbers that describe a pooling; each is there for depth, height and width. */
const fields = ['input', 'output', 'filter', 'stride', 'dilation', 'padding'] as const;
type Field = (typeof fields)[number];

/** How windows lie on an input of three spatial axes; one axis of length 1 makes it two. */
export type WindowGeometry = Readonly<Record<Field, readonly [number, number, number]>> & { readonly channels: number };

/** The parameters of a generated function that take a geometry, in the order of a plan's `packed`. */
export const geometryParameters: Readonly<Record<string, 'i32'>> = Object.fromEntries([
  ...fields.flatMap((field) => [0, 1, 2].map((axis) => [nameOf(field, axis), 'i32'] as const)),
  ['channels', 'i32'] as const,
]);

/** Windows on a batch of images, ready for a generated function. */
export interface WindowPlan {
  /** The shape of the output. */
  readonly shape: readonly number[];
  readonly batch: number;
  readonly channels: number;
  /** The bytes of an image of the input and of the output. */
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** The geometry as arguments of a generated function. */
  readonly packed: readonly number[];
}

/** Makes a geometry ready for use. */
export function planWindows(geometry: WindowGeometry, shape: readonly number[]): WindowPlan {
  const { input, output, filter, stride, dilation, padding, channels } = geometry;
  return {
    shape,
    batch: shape[0] ?? 0,
    channels,
    inputBytes: 4 * channels * sizeOf(input),
    outputBytes: 4 * channels * sizeOf(output),
    packed: [...input, ...output, ...filter, ...stride, ...dilation, ...padding, channels],
  };
}

function nameOf(field: Field, axis: number): string {
  return `${field}${axis}`;
}

/** The geometry in variables of a function. */
export interface GeometryLocals {
  readonly channels: Local<'i32'>;
  get(field: Field, axis: number): Local<'i32'>;
}

/** Finds the geometry among the parameters of a function. */
export function geometryOf(locals: Readonly<Record<string, Local<ValueType>>>): GeometryLocals {
  const at = (name: string): Local<'i32'> => {
    const found = locals[name];
    if (found === undefined) throw new RangeError(`The function has no parameter ${name}.`);
    return found as Local<'i32'>;
  };
  return { channels: at('channels'), get: (field, axis) => at(nameOf(field, axis)) };
}

/** What the loops over a pooling hand to the code of one output position. */
export interface PositionLocals {
  /** The position in the output, counted through all positions of the image. */
  readonly output: Local<'i32'>;
  /** Runs code for every position of the window that lies on the input: its place in the image and in the window. */
  forWindow(body: (place: Local<'i32'>, ordinal: Local<'i32'>) => void): void;
  /** How many positions of the window lie on the input. */
  readonly count: Local<'i32'>;
}

/** Runs code for every output position of one image. */
export function forPositions(f: FunctionBuilder, g: GeometryLocals, body: (position: PositionLocals) => void): void {
  const [output, count, place, ordinal] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
  const axes = [0, 1, 2].map((axis) => ({
    out: f.local('i32'),
    origin: f.local('i32'),
    from: f.local('i32'),
    below: f.local('i32'),
    k: f.local('i32'),
    partialPlace: f.local('i32'),
    partialOrdinal: f.local('i32'),
    axis,
  }));
  const forWindow = (use: (place: Local<'i32'>, ordinal: Local<'i32'>) => void): void => {
    const descend = (level: number, placeBefore: I32, ordinalBefore: I32): void => {
      const a = axes[level];
      if (a === undefined) {
        f.set(place, placeBefore);
        f.set(ordinal, ordinalBefore);
        use(place, ordinal);
        return;
      }
      f.loop(a.k, { from: a.from, below: a.below }, () => {
        const coordinate = i32.add(a.origin, i32.mul(a.k, g.get('dilation', level)));
        f.set(a.partialPlace, i32.add(i32.mul(placeBefore, g.get('input', level)), coordinate));
        f.set(a.partialOrdinal, i32.add(i32.mul(ordinalBefore, g.get('filter', level)), a.k));
        descend(level + 1, a.partialPlace, a.partialOrdinal);
      });
    };
    descend(0, i32.const(0), i32.const(0));
  };
  const walk = (level: number): void => {
    const a = axes[level];
    if (a === undefined) {
      const sizes = axes.map(({ from, below }) => i32.sub(below, from));
      f.set(
        count,
        sizes.reduce((product, size) => i32.mul(product, size)),
      );
      body({ output, count, forWindow });
      f.increase(output, 1);
      return;
    }
    f.loop(a.out, { below: g.get('output', level) }, () => {
      f.set(a.origin, i32.sub(i32.mul(a.out, g.get('stride', level)), g.get('padding', level)));
      clipWindow(f, g, a);
      walk(level + 1);
    });
  };
  f.set(output, i32.const(0));
  walk(0);
}

/** The part of a window along an axis that lies on the input: steps `from` up to `below`. */
function clipWindow(
  f: FunctionBuilder,
  g: GeometryLocals,
  a: { axis: number; origin: Local<'i32'>; from: Local<'i32'>; below: Local<'i32'> },
): void {
  const dilation = g.get('dilation', a.axis);
  const stepsTo = (distance: I32): I32 => i32.divS(i32.sub(i32.add(distance, dilation), i32.const(1)), dilation);
  const before = i32.sub(i32.const(0), a.origin);
  f.set(a.from, i32.select(i32.gtS(before, i32.const(0)), stepsTo(before), i32.const(0)));
  const room = f.local('i32', i32.sub(g.get('input', a.axis), a.origin));
  const fits = f.local('i32', i32.select(i32.gtS(room, i32.const(0)), stepsTo(room), i32.const(0)));
  f.set(a.below, i32.select(i32.ltS(fits, g.get('filter', a.axis)), fits, g.get('filter', a.axis)));
  f.set(a.below, i32.select(i32.gtS(a.below, a.from), a.below, a.from));
}
