import { escapeXml, fixed, text } from '@sonnetjs/example-kit';
import type { Cars } from './cars.ts';
import type { Forecast, Summary } from './forecast.ts';

/** What {@link drawPrediction} shows. */
export interface Prediction {
  readonly title: string;
  readonly train: Cars;
  readonly test: Cars;
  /** What is expected at each place of {@link HORSEPOWERS}. */
  readonly expected: Summary;
  readonly line: Forecast;
}

const range = { horsepower: [20, 300], milesPerGallon: [0, 60] } as const;

/** Where the prediction is drawn: also far from all cars. */
export const HORSEPOWERS: readonly number[] = Array.from({ length: 141 }, (_, i) => range.horsepower[0] + 2 * i);

const size = { width: 720, height: 460 };
const plot = { left: 64, right: size.width - 24, top: 84, bottom: size.height - 60 };
const color = {
  text: '#475569',
  heading: '#0f172a',
  grid: '#e2e8f0',
  mean: '#2563eb',
  line: '#94a3b8',
  car: '#0f172a',
  paper: '#ffffff',
};

/**
 * An SVG picture of cars and of what is expected of them: the mean, a dark band of two standard deviations that comes from
 * not knowing the weights, and a light one of two standard deviations of all there is, noise included.
 */
export function drawPrediction({ title, train, test, expected, line }: Prediction): string {
  const { means, fromWeights, fromNoise } = expected;
  const total = fromWeights.map((weights, i) => Math.hypot(weights, fromNoise[i] as number));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" ` +
      `height="${size.height}" font-family="system-ui, sans-serif" font-size="13" fill="${color.text}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${size.width}" height="${size.height}" fill="${color.paper}"/>`,
    `<clipPath id="plot"><path d="M${plot.left} ${plot.top}H${plot.right}V${plot.bottom}H${plot.left}Z"/></clipPath>`,
    text(plot.left, 34, title, `font-size="17" font-weight="600" fill="${color.heading}"`),
    ...drawAxes(),
    '<g clip-path="url(#plot)">',
    drawBand(means, total, 0.15),
    drawBand(means, fromWeights, 0.3),
    drawCurve(line.means, `stroke="${color.line}" stroke-dasharray="5 4" stroke-width="1.5"`),
    drawCurve(means, `stroke="${color.mean}" stroke-width="2.5"`),
    ...drawCars(train, `fill="${color.car}" fill-opacity="0.45"`),
    ...drawCars(test, `fill="${color.paper}" stroke="${color.car}"`),
    '</g>',
    ...drawLegend(),
    '</svg>',
    '',
  ].join('\n');
}

function xOf(horsepower: number): number {
  return place(horsepower, range.horsepower, [plot.left, plot.right]);
}

function yOf(milesPerGallon: number): number {
  return place(milesPerGallon, range.milesPerGallon, [plot.bottom, plot.top]);
}

function place(value: number, [from, to]: readonly [number, number], [begin, end]: readonly [number, number]): number {
  return begin + ((value - from) / (to - from)) * (end - begin);
}

function point(horsepower: number, milesPerGallon: number): string {
  return `${fixed(xOf(horsepower))},${fixed(yOf(milesPerGallon))}`;
}

function drawAxes(): string[] {
  return [
    ...[0, 10, 20, 30, 40, 50, 60].flatMap((tick) => [
      `<path d="M${plot.left} ${fixed(yOf(tick))}H${plot.right}" stroke="${color.grid}"/>`,
      text(plot.left - 10, yOf(tick) + 4.5, String(tick), 'text-anchor="end"'),
    ]),
    ...[50, 100, 150, 200, 250, 300].flatMap((tick) => [
      `<path d="M${fixed(xOf(tick))} ${plot.bottom}v5" stroke="${color.text}"/>`,
      text(xOf(tick), plot.bottom + 21, String(tick), 'text-anchor="middle"'),
    ]),
    `<path d="M${plot.left} ${plot.top}V${plot.bottom}H${plot.right}" fill="none" stroke="${color.text}"/>`,
    text((plot.left + plot.right) / 2, plot.bottom + 46, 'horsepower', 'text-anchor="middle"'),
    text(plot.left - 48, plot.top - 14, 'miles per gallon'),
  ];
}

/** Two standard deviations to either side. */
function drawBand(means: readonly number[], deviations: readonly number[], opacity: number): string {
  const edge = (side: number): string[] =>
    HORSEPOWERS.map((x, i) => point(x, (means[i] as number) + side * 2 * (deviations[i] as number)));
  return `<polygon fill="${color.mean}" fill-opacity="${opacity}" points="${[...edge(1), ...edge(-1).reverse()].join(' ')}"/>`;
}

function drawCurve(values: readonly number[], style: string): string {
  const points = HORSEPOWERS.map((x, i) => point(x, values[i] as number));
  return `<polyline fill="none" ${style} points="${points.join(' ')}"/>`;
}

function drawCars({ horsepower, milesPerGallon }: Cars, style: string): string[] {
  return horsepower.map(
    (x, i) => `<circle ${style} cx="${fixed(xOf(x))}" cy="${fixed(yOf(milesPerGallon[i] as number))}" r="2.6"/>`,
  );
}

/** What is what, above the plot: in the upper right corner are no cars. */
function drawLegend(): string[] {
  const left = plot.right - 236;
  const entries = [
    ['mean of the networks', `<path d="M0 0h24" stroke="${color.mean}" stroke-width="2.5"/>`],
    ['2 sd: the weights', `<path d="M0 0h24" stroke="${color.mean}" stroke-opacity="0.4" stroke-width="11"/>`],
    ['2 sd: weights and noise', `<path d="M0 0h24" stroke="${color.mean}" stroke-opacity="0.15" stroke-width="11"/>`],
    ['least squares', `<path d="M0 0h24" stroke="${color.line}" stroke-width="1.5" stroke-dasharray="5 4"/>`],
    ['a car to learn from', `<circle cx="12" r="2.6" fill="${color.car}" fill-opacity="0.45"/>`],
    ['a car of the test', `<circle cx="12" r="2.6" fill="${color.paper}" stroke="${color.car}"/>`],
  ] as const;
  return entries.flatMap(([label, sign], i) => {
    const y = plot.top + 14 + 20 * i;
    return [`<g transform="translate(${left} ${y})">${sign}</g>`, text(left + 34, y + 4.5, label)];
  });
}
