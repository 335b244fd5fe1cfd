import { elementsOf } from '@sonnetjs/example-kit/testing';
import { describe, expect, it } from 'vitest';
import { drawPrediction, HORSEPOWERS, type Prediction } from './picture.ts';

const everywhere = (value: number) => HORSEPOWERS.map(() => value);

const prediction: Prediction = {
  title: 'Cars & <more>',
  train: { horsepower: [100, 160], milesPerGallon: [30, 20] },
  test: { horsepower: [300], milesPerGallon: [60] },
  expected: { means: everywhere(30), fromWeights: everywhere(3), fromNoise: everywhere(4) },
  line: { means: everywhere(15), noises: everywhere(1) },
};

/** The places of the points of each element of a kind: [x, y] in the picture. */
function pointsOf(svg: string, element: string): [number, number][][] {
  return [...svg.matchAll(new RegExp(`<${element} [^>]*points="([^"]*)"`, 'g'))].map(([, points = '']) =>
    points.split(' ').map((point) => point.split(',').map(Number) as [number, number]),
  );
}

/** How far below the top of the picture a number of miles per gallon is. */
const heightOf = (milesPerGallon: number) => 400 - (milesPerGallon / 60) * 316;

describe('drawPrediction', () => {
  const svg = drawPrediction(prediction);

  it('is well-formed XML with the namespace of SVG', () => {
    expect(elementsOf(svg)).toEqual(expect.arrayContaining(['svg', 'title', 'polygon', 'polyline', 'circle']));
    expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
    expect(svg).toContain('<title>Cars &amp; &lt;more&gt;</title>');
  });

  it('draws bands of two standard deviations: of the weights, and of everything', () => {
    const heights = pointsOf(svg, 'polygon').map((points) => [...new Set(points.map(([, y]) => y))]);
    for (const [band, deviation] of [5, 3].entries()) {
      expect(heights[band]?.[0]).toBeCloseTo(heightOf(30 + 2 * deviation), 0);
      expect(heights[band]?.[1]).toBeCloseTo(heightOf(30 - 2 * deviation), 0);
    }
  });

  it('draws the line and the mean from one side to the other', () => {
    const [line, mean] = pointsOf(svg, 'polyline');
    expect(line?.[0]?.[1]).toBeCloseTo(heightOf(15), 0);
    expect(mean?.[0]?.[1]).toBeCloseTo(heightOf(30), 0);
    for (const points of [line, mean]) expect([points?.[0]?.[0], points?.at(-1)?.[0]]).toEqual([64, 696]);
  });

  it('draws every car where it is', () => {
    const cars = [...svg.matchAll(/<circle [^>]*cx="([\d.]+)" cy="([\d.]+)" r="2\.6"\/>/g)];
    const places = cars.map(([, x, y]) => [Number(x), Number(y)]);
    expect(places).toHaveLength(3);
    expect(places[0]?.[0]).toBeCloseTo(64 + (80 / 280) * 632, 0);
    expect(places[0]?.[1]).toBeCloseTo(heightOf(30), 0);
    expect(places[2]).toEqual([696, 84]);
  });
});
