import { type Expected, elementwiseTolerance, Sums, sumTolerance } from '../expected.ts';
import { broadcastOffsets, type NdArray } from '../nd-array.ts';
import { sigmoid } from './special-functions.ts';

export const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;

export type Activation = (typeof activations)[number];

/** What a fused op does to the sums: `slopes` are the weights of prelu, spread over the result, or leakyrelu's one. */
export interface Epilogue {
  readonly activation: Activation;
  readonly slopes: (flat: number) => number;
}

function activated(activation: Activation, x: number, slope: number): number {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return Math.max(x, 0);
    case 'relu6':
      return Math.min(Math.max(x, 0), 6);
    case 'elu':
      return x >= 0 ? x : Math.expm1(x);
    case 'sigmoid':
      return sigmoid(x);
    default:
      return x < 0 ? slope * x : x;
  }
}

function derivative(activation: Activation, x: number, slope: number): number {
  switch (activation) {
    case 'linear':
      return 1;
    case 'relu':
      return x > 0 ? 1 : 0;
    case 'relu6':
      return x > 0 && x < 6 ? 1 : 0;
    case 'elu':
      return x >= 0 ? 1 : Math.exp(x);
    case 'sigmoid':
      return sigmoid(x) * sigmoid(-x);
    default:
      return x > 0 ? 1 : slope;
  }
}

function isSmooth(activation: Activation): boolean {
  return activation === 'elu' || activation === 'sigmoid';
}

/** Sums with a bias that broadcasts. */
export function withBias(sums: Expected, bias: NdArray | undefined): Expected {
  if (bias === undefined) return sums;
  const places = broadcastOffsets(bias.shape, sums.shape);
  const added = Float64Array.from(places, (place) => bias.data[place] as number);
  return {
    ...sums,
    data: sums.data.map((value, i) => value + (added[i] as number)),
    tolerance: sums.tolerance?.map((value, i) => value + sumTolerance(1, Math.abs(added[i] as number))),
  };
}

/** What the activation makes of the sums; how inexact they may be goes through it. */
export function activate(sums: Expected, { activation, slopes }: Epilogue): Expected {
  const data = sums.data.map((value, i) => activated(activation, value, slopes(i)));
  const tolerance = data.map((value, i) => {
    const inherited = (sums.tolerance?.[i] ?? 0) * Math.max(1, Math.abs(slopes(i)));
    return isSmooth(activation) ? inherited + elementwiseTolerance(value) : inherited;
  });
  return { ...sums, data, tolerance };
}

/** The gradient by the sums. Where rounding decides on which side of a kink a sum lies, both sides are right. */
export function throughActivation(sums: Expected, dy: NdArray, { activation, slopes }: Epilogue): Expected {
  const data = sums.data.map((value, i) => (dy.data[i] as number) * derivative(activation, value, slopes(i)));
  const tolerance = sums.data.map((value, i) => {
    const [size, inexact] = [Math.abs(dy.data[i] as number), sums.tolerance?.[i] ?? 0];
    if (isSmooth(activation)) return size * inexact + elementwiseTolerance(data[i] as number);
    const atKink = Math.abs(value) <= inexact || (activation === 'relu6' && Math.abs(value - 6) <= inexact);
    return activation !== 'linear' && atKink ? size * (1 + Math.abs(slopes(i))) : 0;
  });
  return { ...sums, data, tolerance };
}

/** The gradient by something that was broadcast over the sums: a bias. */
export function gathered(like: NdArray, dy: Expected): Expected {
  const sums = new Sums(like.shape);
  const places = broadcastOffsets(like.shape, dy.shape);
  places.forEach((place, i) => {
    sums.add(place, dy.data[i] as number, dy.tolerance?.[i]);
  });
  return sums.expected();
}

/** The gradient by the weights of prelu. */
export function bySlopes(weights: NdArray, sums: Expected, dy: NdArray): Expected {
  const data = sums.data.map((value, i) => (value > 0 ? 0 : value * (dy.data[i] as number)));
  const tolerance = sums.data.map((_, i) => (sums.tolerance?.[i] ?? 0) * Math.abs(dy.data[i] as number));
  return gathered(weights, { ...sums, data, tolerance });
}
