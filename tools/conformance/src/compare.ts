import { Graph } from '@sonnetjs/core';
import * as tf from '@tensorflow/tfjs-core';
import { isObject, isTensorValue, type Json, type JsonObject, type TensorValue } from './case-format.ts';
import { camelCase, lastPart } from './python-names.ts';
import { dtypeHere, elementsOf, readElements, toNumber } from './tensors.ts';

/** One thing that differs between a case and the library. */
export interface Difference {
  /** What differs: a path such as `calls[0].outputs[1].shape` or `variables[2].name`. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  /** The greatest absolute error, where numbers were compared. */
  readonly maxError?: number;
}

/** How dictionaries are compared: their keys are data (`names`) or parameter names, which are in camelCase here. */
export type Keys = 'names' | 'parameters';

/** Collects what differs while a case is compared. */
export class Comparison {
  readonly differences: Difference[] = [];

  /** Notes a difference. */
  add(path: string, expected: unknown, got: unknown, maxError?: number): void {
    this.differences.push({
      path,
      expected: show(expected),
      got: show(got),
      ...(maxError === undefined ? {} : { maxError }),
    });
  }

  /** Compares plain data: both must be the same when written as JSON. */
  same(path: string, expected: unknown, got: unknown): void {
    if (JSON.stringify(expected) !== JSON.stringify(got)) this.add(path, expected, got);
  }

  /** Compares a number. */
  number(path: string, expected: number, got: unknown, tolerance: number): void {
    const error = typeof got === 'number' ? errorBeyond(expected, got, tolerance) : undefined;
    if (error !== null) this.add(path, expected, got, error);
  }

  /** Compares a tensor: dtype, shape and numbers. */
  tensor(path: string, expected: TensorValue, got: unknown, tolerance: number): void {
    if (!(got instanceof tf.Tensor)) {
      this.add(path, `a ${expected.dtype} tensor of shape [${expected.shape}]`, got);
    } else if (got.isDisposed) {
      this.add(path, 'a tensor', 'a disposed tensor');
    } else {
      this.same(`${path}.dtype`, dtypeHere(expected.dtype), got.dtype);
      this.same(`${path}.shape`, expected.shape, got.shape);
      if (`${got.shape}` === `${expected.shape}`) this.#numbers(path, expected, readElements(got), tolerance);
    }
  }

  /** Compares any value that a case lists as a result. */
  value(path: string, expected: Json, got: unknown, tolerance: number, keys: Keys): void {
    if (isTensorValue(expected)) this.tensor(path, expected, got, tolerance);
    else if (Array.isArray(expected)) this.#list(path, expected, got, tolerance, keys);
    else if (isObject(expected)) this.#object(path, expected, got, tolerance, keys);
    else if (typeof expected === 'number') this.number(path, expected, got, tolerance);
    else if (expected === '<graph>') this.#holds(path, 'a Graph', got, got instanceof Graph);
    else if (expected !== '<op>') this.#holds(path, expected, got, expected === (got ?? null));
  }

  #holds(path: string, expected: unknown, got: unknown, holds: boolean): void {
    if (!holds) this.add(path, expected, got);
  }

  #list(path: string, expected: Json[], got: unknown, tolerance: number, keys: Keys): void {
    if (!Array.isArray(got) || got.length !== expected.length) {
      this.add(path, `an array of length ${expected.length}`, Array.isArray(got) ? `one of length ${got.length}` : got);
      return;
    }
    expected.forEach((item, index) => {
      this.value(`${path}[${index}]`, item, got[index], tolerance, keys);
    });
  }

  #object(path: string, expected: JsonObject, got: unknown, tolerance: number, keys: Keys): void {
    const { tensorShape, staticShape, moduleClass, className } = expected;
    if (tensorShape !== undefined) this.same(path, tensorShape, got);
    else if (staticShape !== undefined) this.value(`${path}.shape`, staticShape, shapeOf(got), 0, keys);
    else if (moduleClass !== undefined) this.#module(path, expected, got);
    else if ('callable' in expected) this.#holds(path, 'a function', got, typeof got === 'function');
    else if (className !== undefined) this.same(path, lastPart(String(className)), Reflect.get(Object(got), 'name'));
    else this.#dictionary(path, expected, got, tolerance, keys);
  }

  #module(path: string, expected: JsonObject, got: unknown): void {
    this.same(`${path}.class`, expected.moduleClass, Object(got).constructor.name);
    this.same(`${path}.moduleName`, expected.module_name, Reflect.get(Object(got), 'moduleName'));
  }

  #dictionary(path: string, expected: JsonObject, got: unknown, tolerance: number, keys: Keys): void {
    if (typeof got !== 'object' || got === null || Array.isArray(got)) {
      this.add(path, expected, got);
      return;
    }
    const object: object = got instanceof Map ? Object.fromEntries(got) : got;
    const named = Object.entries(expected).map(
      ([key, value]) => [keys === 'names' ? key : camelCase(key), value] as [string, Json],
    );
    // Objects of a class have more than their data: what a case does not list is not compared.
    if (Object.getPrototypeOf(object) === Object.prototype) {
      this.same(`${path} (keys)`, named.map(([key]) => key).sort(), Object.keys(object).sort());
    }
    for (const [key, value] of named) {
      this.value(`${path}.${key}`, value, Reflect.get(object, key), tolerance, keys);
    }
  }

  #elements(path: string, expected: number[], got: number[], tolerance: number): void {
    let worst = -1;
    let maxError = 0;
    expected.forEach((value, index) => {
      const error = errorBeyond(value, got[index] ?? Number.NaN, tolerance);
      if (error !== null && (worst < 0 || !(error <= maxError))) {
        worst = index;
        maxError = error;
      }
    });
    if (worst >= 0) this.add(`${path}.data[${worst}]`, expected[worst], got[worst], maxError);
  }

  #numbers(path: string, expected: TensorValue, got: number[], tolerance: number): void {
    if (expected.stats === undefined) {
      this.#elements(path, elementsOf(expected), got, tolerance);
      return;
    }
    const head = (expected.head ?? []).map(toNumber);
    this.#elements(path, head, got.slice(0, head.length), tolerance);
    const statistics = statisticsOf(got);
    for (const [key, value] of Object.entries(expected.stats ?? {})) {
      this.number(`${path}.stats.${key}`, value, statistics[key as keyof Statistics], tolerance);
    }
  }
}

/** Mean, standard deviation, extremes and sum of absolute values. */
export interface Statistics {
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly absSum: number;
}

/** The statistics of some numbers. */
export function statisticsOf(values: readonly number[]): Statistics {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return {
    mean,
    std: Math.sqrt(variance),
    min: values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    max: values.reduce((greatest, value) => Math.max(greatest, value), Number.NEGATIVE_INFINITY),
    absSum: values.reduce((sum, value) => sum + Math.abs(value), 0),
  };
}

/** The absolute error of a number if it is greater than the tolerance, absolute plus relative; null if it is not. */
function errorBeyond(expected: number, got: number, tolerance: number): number | null {
  if (Object.is(expected, got) || expected === got) return null;
  if (Number.isNaN(expected) || Number.isNaN(got)) return Number.NaN;
  const error = Math.abs(expected - got);
  return error <= tolerance + tolerance * Math.abs(expected) ? null : error;
}

function shapeOf(value: unknown): unknown {
  return value instanceof tf.Tensor ? value.shape : value;
}

/** A short text that shows a value in a report. */
function show(value: unknown): string {
  if (value instanceof tf.Tensor) return `a ${value.dtype} tensor of shape [${value.shape}]`;
  if (typeof value === 'function') return String(Reflect.get(value, 'scopeName') ?? `function ${value.name}`);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && value.constructor !== Object) {
    return `an object of class ${value.constructor?.name ?? '(none)'}`;
  }
  const text =
    value === undefined
      ? 'undefined'
      : JSON.stringify(value, (_, inner) => (inner instanceof tf.Tensor ? show(inner) : inner));
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
