import { readFile } from 'node:fs/promises';
import type { RandomStream } from '@sonnetjs/core';

/** Cars, one at each place of the lists. */
export interface Cars {
  readonly horsepower: readonly number[];
  readonly milesPerGallon: readonly number[];
}

/** The cars from which is learned, and those of the test: no car is in both. */
export interface Split {
  readonly train: Cars;
  readonly test: Cars;
}

interface Row {
  readonly Horsepower: number | null;
  readonly Miles_per_Gallon: number | null;
}

/** The cars of the npm package `vega-datasets` of which both numbers are known. */
export async function readCars(): Promise<Cars> {
  const file = new URL('../data/cars.json', import.meta.resolve('vega-datasets'));
  const rows = (JSON.parse(await readFile(file, 'utf8')) as Row[]).filter(
    (row) => row.Horsepower !== null && row.Miles_per_Gallon !== null,
  );
  return {
    horsepower: rows.map((row) => row.Horsepower as number),
    milesPerGallon: rows.map((row) => row.Miles_per_Gallon as number),
  };
}

/** Shuffles cars and divides them: four fifths to learn from, one fifth for the test. */
export function splitCars(cars: Cars, random: RandomStream): Split {
  const order = random.permutation(cars.horsepower.length);
  const numTrain = Math.round(order.length * 0.8);
  return { train: pick(cars, order.subarray(0, numTrain)), test: pick(cars, order.subarray(numTrain)) };
}

function pick({ horsepower, milesPerGallon }: Cars, places: Int32Array): Cars {
  return {
    horsepower: Array.from(places, (place) => horsepower[place] as number),
    milesPerGallon: Array.from(places, (place) => milesPerGallon[place] as number),
  };
}
