import { escapeXml, fixed, text } from './svg.ts';

/** What {@link drawLossCurve} shows. */
export interface LossCurve {
  readonly title: string;
  /** The loss of each step. */
  readonly losses: readonly number[];
  /** Where the last step is: how many epochs, for example. */
  readonly epochs: number;
  /** What is written at the axes. Default: `epoch` and `loss`. */
  readonly labels?: { readonly x: string; readonly y: string };
  /** Losses on what is not trained on, with where they were measured. */
  readonly validation?: readonly { readonly at: number; readonly loss: number }[];
  /** Losses of other models, to compare with. */
  readonly levels?: readonly { readonly label: string; readonly loss: number }[];
}

interface Axis {
  readonly ticks: readonly number[];
  /** The place of a value in the picture. */
  readonly at: (value: number) => number;
}

const picture = { width: 720, height: 420 };
const plot = { left: 64, right: picture.width - 24, top: 64, bottom: picture.height - 60 };
const color = {
  text: '#475569',
  heading: '#0f172a',
  grid: '#e2e8f0',
  line: '#2563eb',
  validation: '#ea580c',
  level: '#94a3b8',
  paper: '#ffffff',
};

/** The losses of a training run as an SVG picture: every step faintly, and a smooth line through them. */
export function drawLossCurve(curve: LossCurve): string {
  const { title, losses, epochs, labels = { x: 'epoch', y: 'loss' }, validation = [], levels = [] } = curve;
  const x = stepAxis(epochs);
  const y = lossAxis([...losses, ...validation.map(({ loss }) => loss), ...levels.map(({ loss }) => loss)]);
  const point = (at: number, loss: number) => `${fixed(x.at(at))},${fixed(y.at(loss))}`;
  const points = (values: readonly number[]) =>
    values.map((loss, step) => point(((step + 0.5) / losses.length) * epochs, loss)).join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${picture.width} ${picture.height}" width="${picture.width}" ` +
      `height="${picture.height}" font-family="system-ui, sans-serif" font-size="13" fill="${color.text}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${picture.width}" height="${picture.height}" fill="${color.paper}"/>`,
    text(plot.left, 34, title, `font-size="17" font-weight="600" fill="${color.heading}"`),
    ...drawAxes(x, y, labels),
    ...levels.flatMap(({ label, loss }) => [
      `<path d="M${plot.left} ${fixed(y.at(loss))}H${plot.right}" stroke="${color.level}" stroke-dasharray="5 4"/>`,
      text(plot.right - 4, y.at(loss) - 5, label, 'text-anchor="end"'),
    ]),
    `<g fill="none" stroke="${color.line}" stroke-linejoin="round">`,
    `<polyline stroke-opacity="0.3" points="${points(losses)}"/>`,
    `<polyline stroke-width="2.5" points="${points(smooth(losses))}"/>`,
    '</g>',
    ...(validation.length === 0
      ? []
      : [
          `<polyline fill="none" stroke="${color.validation}" stroke-width="2.5" stroke-linejoin="round" ` +
            `points="${validation.map(({ at, loss }) => point(at, loss)).join(' ')}"/>`,
        ]),
    ...drawLegend(validation.length > 0),
    '</svg>',
    '',
  ].join('\n');
}

function drawAxes(x: Axis, y: Axis, labels: { readonly x: string; readonly y: string }): string[] {
  return [
    ...y.ticks.flatMap((tick) => [
      `<path d="M${plot.left} ${fixed(y.at(tick))}H${plot.right}" stroke="${color.grid}"/>`,
      text(plot.left - 10, y.at(tick) + 4.5, String(tick), 'text-anchor="end"'),
    ]),
    ...x.ticks.flatMap((tick) => [
      `<path d="M${fixed(x.at(tick))} ${plot.bottom}v5" stroke="${color.text}"/>`,
      text(x.at(tick), plot.bottom + 21, String(tick), 'text-anchor="middle"'),
    ]),
    `<path d="M${plot.left} ${plot.top}V${plot.bottom}H${plot.right}" fill="none" stroke="${color.text}"/>`,
    text((plot.left + plot.right) / 2, plot.bottom + 46, labels.x, 'text-anchor="middle"'),
    text(plot.left, plot.top - 10, labels.y, labels.y.length > 5 ? '' : 'text-anchor="end"'),
  ];
}

/** What the lines are, in the upper right corner. */
function drawLegend(withValidation: boolean): string[] {
  const entries = [
    { label: 'a batch', width: 90, style: `stroke="${color.line}" stroke-opacity="0.3"` },
    { label: 'smoothed', width: 100, style: `stroke="${color.line}" stroke-width="2.5"` },
    ...(withValidation
      ? [{ label: 'validation', width: 104, style: `stroke="${color.validation}" stroke-width="2.5"` }]
      : []),
  ];
  let left = plot.right - entries.reduce((sum, { width }) => sum + width, 0);
  return entries.flatMap(({ label, width, style }) => {
    const at = left;
    left += width;
    return [`<path fill="none" ${style} d="M${at} ${plot.top - 14}h24"/>`, text(at + 30, plot.top - 9.5, label)];
  });
}

/** The mean of each value and those around it, over a fortieth of all. */
export function smooth(values: readonly number[]): number[] {
  const reach = Math.max(1, Math.round(values.length / 80));
  return values.map((_, i) => {
    const around = values.slice(Math.max(0, i - reach), i + reach + 1);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}

function stepAxis(end: number): Axis {
  const step = roundNumbers(0, 7).find((size) => end / size <= 12) ?? end;
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
  return { ticks, at: (value) => plot.left + (value / end) * (plot.right - plot.left) };
}

/** Logarithmic: on a linear axis the first steps make all others look alike. */
function lossAxis(losses: readonly number[]): Axis {
  const [lowest, highest] = losses.reduce(
    ([low, high], loss) => [Math.min(low, loss), Math.max(high, loss)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const all = highest / lowest < 5 ? roundNumbers(-6, 6, [1, 1.5, 2, 3, 4, 5, 6, 7, 8]) : roundNumbers(-6, 6);
  const bottom = all.findLast((tick) => tick <= lowest) ?? (all[0] as number);
  const top = all.find((tick) => tick > highest) ?? (all.at(-1) as number);
  const at = (loss: number) => {
    const share = Math.log(Math.min(Math.max(loss, bottom), top) / bottom) / Math.log(top / bottom);
    return plot.bottom - share * (plot.bottom - plot.top);
  };
  return { ticks: all.filter((tick) => tick >= bottom && tick <= top), at };
}

/** 1, 2, 5, 10, 20, 50, …, between two powers of ten. */
function roundNumbers(fromPower: number, toPower: number, digits: readonly number[] = [1, 2, 5]): number[] {
  const powers = Array.from({ length: toPower - fromPower }, (_, i) => fromPower + i);
  return powers.flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`)));
}
