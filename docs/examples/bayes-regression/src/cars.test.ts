import { RandomStream } from '@sonnetjs/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Cars, readCars, splitCars } from './cars.ts';

/** Cars that can be told apart. */
const numbered: Cars = {
  horsepower: Array.from({ length: 50 }, (_, i) => i),
  milesPerGallon: Array.from({ length: 50 }, (_, i) => 100 - i),
};

describe('readCars', () => {
  let cars: Cars;
  beforeAll(async () => {
    cars = await readCars();
  });

  it('reads the 392 cars of which both numbers are known', () => {
    expect(cars.horsepower).toHaveLength(392);
    expect(cars.milesPerGallon).toHaveLength(392);
    expect([Math.min(...cars.horsepower), Math.max(...cars.horsepower)]).toEqual([46, 230]);
    expect([Math.min(...cars.milesPerGallon), Math.max(...cars.milesPerGallon)]).toEqual([9, 46.6]);
  });

  it('keeps the two numbers of a car together', () => {
    // A Chevrolet Chevelle Malibu.
    expect([cars.horsepower[0], cars.milesPerGallon[0]]).toEqual([130, 18]);
  });
});

describe('splitCars', () => {
  it('puts every car on one side, with both of its numbers', () => {
    const { train, test } = splitCars(numbered, RandomStream.fromSeed(1));
    expect([train.horsepower.length, test.horsepower.length]).toEqual([40, 10]);
    const all = [...train.horsepower, ...test.horsepower];
    expect(all.toSorted((a, b) => a - b)).toEqual(numbered.horsepower);
    expect([...train.milesPerGallon, ...test.milesPerGallon]).toEqual(all.map((number) => 100 - number));
  });

  it('shuffles by the seed', () => {
    const order = (seed: number) => splitCars(numbered, RandomStream.fromSeed(seed)).train.horsepower;
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
  });
});
