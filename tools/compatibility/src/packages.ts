import * as bayes from '@sonnetjs/bayes';
import * as checkpoint from '@sonnetjs/checkpoint';
import * as core from '@sonnetjs/core';
import * as layers from '@sonnetjs/layers';
import * as nets from '@sonnetjs/nets';
import * as recurrent from '@sonnetjs/recurrent';
import * as spatial from '@sonnetjs/spatial';

/** The packages that have counterparts of symbols, each after those that it is built on. */
export const packages: Readonly<Record<string, object>> = {
  '@sonnetjs/core': core,
  '@sonnetjs/layers': layers,
  '@sonnetjs/nets': nets,
  '@sonnetjs/recurrent': recurrent,
  '@sonnetjs/spatial': spatial,
  '@sonnetjs/bayes': bayes,
  '@sonnetjs/checkpoint': checkpoint,
};

/** What a dotted path leads to from the exports of a package; undefined when there is none. */
export function exportOf(exports: object | undefined, path: string): unknown {
  let value: unknown = exports;
  for (const part of path.split('.')) {
    value = Reflect.has(Object(value), part) ? Reflect.get(Object(value), part) : undefined;
  }
  return value;
}
