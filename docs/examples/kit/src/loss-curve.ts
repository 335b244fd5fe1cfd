/** What {@link drawLossCurve} shows. */
export interface LossCurve {
  readonly title: string;
  /** The loss of each step. */
  readonly losses: readonly number[];
  readonly epochs: number;
}

interface Axis {
  readonly ticks: readonly number[];
  /** The place of a value in the picture. */
  readonly at: (value: number) => number;
}

const picture = { width: 720, height: 420 };
const plot = { left: 64, right: picture.width - 24, top: 64, bottom: picture.height - 60 };
const color = { text: '#475569', heading: '#0f172a', grid: '#e2e8f0', line: '#2563eb', paper: '#ffffff' };

/** The losses of a training run as an SVG picture: every step faintly, and a smooth line through them. */
export function drawLossCurve({ title, losses, epochs }: LossCurve): string {
  const x = epochAxis(epochs);
  const y = lossAxis(losses);
  const points = (values: readonly number[]) =>
    values
      .map((loss, step) => `${fixed(x.at(((step + 0.5) / losses.length) * epochs))},${fixed(y.at(loss))}`)
      .join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${picture.width} ${picture.height}" width="${picture.width}" ` +
      `height="${picture.height}" font-family="system-ui, sans-serif" font-size="13" fill="${color.text}">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${picture.width}" height="${picture.height}" fill="${color.paper}"/>`,
    text(plot.left, 34, title, `font-size="17" font-weight="600" fill="${color.heading}"`),
    ...y.ticks.flatMap((tick) => [
      `<path d="M${plot.left} ${fixed(y.at(tick))}H${plot.right}" stroke="${color.grid}"/>`,
      text(plot.left - 10, y.at(tick) + 4.5, String(tick), 'text-anchor="end"'),
    ]),
    ...x.ticks.flatMap((tick) => [
      `<path d="M${fixed(x.at(tick))} ${plot.bottom}v5" stroke="${color.text}"/>`,
      text(x.at(tick), plot.bottom + 21, String(tick), 'text-anchor="middle"'),
    ]),
    `<path d="M${plot.left} ${plot.top}V${plot.bottom}H${plot.right}" fill="none" stroke="${color.text}"/>`,
    text((plot.left + plot.right) / 2, plot.bottom + 46, 'epoch', 'text-anchor="middle"'),
    text(plot.left, plot.top - 10, 'loss', 'text-anchor="end"'),
    `<g fill="none" stroke="${color.line}" stroke-linejoin="round">`,
    `<polyline stroke-opacity="0.3" points="${points(losses)}"/>`,
    `<polyline stroke-width="2.5" points="${points(smooth(losses))}"/>`,
    `<path stroke-opacity="0.3" d="M${plot.right - 190} ${plot.top + 16}h24"/>`,
    `<path stroke-width="2.5" d="M${plot.right - 100} ${plot.top + 16}h24"/>`,
    '</g>',
    text(plot.right - 160, plot.top + 20.5, 'a batch'),
    text(plot.right - 70, plot.top + 20.5, 'smoothed'),
    '</svg>',
    '',
  ].join('\n');
}

/** The mean of each value and those around it, over a fortieth of all. */
export function smooth(values: readonly number[]): number[] {
  const reach = Math.max(1, Math.round(values.length / 80));
  return values.map((_, i) => {
    const around = values.slice(Math.max(0, i - reach), i + reach + 1);
    return around.reduce((sum, value) => sum + value, 0) / around.length;
  });
}

function epochAxis(epochs: number): Axis {
  const step = roundNumbers(0, 5).find((size) => epochs / size <= 12) ?? epochs;
  const ticks = Array.from({ length: Math.floor(epochs / step) + 1 }, (_, i) => i * step);
  return { ticks, at: (epoch) => plot.left + (epoch / epochs) * (plot.right - plot.left) };
}

/** Logarithmic: on a linear axis the first steps make all others look alike. */
function lossAxis(losses: readonly number[]): Axis {
  const all = roundNumbers(-6, 6);
  const bottom = all.findLast((tick) => tick <= Math.min(...losses)) ?? (all[0] as number);
  const top = all.find((tick) => tick > Math.max(...losses)) ?? (all.at(-1) as number);
  const at = (loss: number) => {
    const share = Math.log(Math.min(Math.max(loss, bottom), top) / bottom) / Math.log(top / bottom);
    return plot.bottom - share * (plot.bottom - plot.top);
  };
  return { ticks: all.filter((tick) => tick >= bottom && tick <= top), at };
}

/** 1, 2, 5, 10, 20, 50, …, between two powers of ten. */
function roundNumbers(fromPower: number, toPower: number): number[] {
  const powers = Array.from({ length: toPower - fromPower }, (_, i) => fromPower + i);
  return powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}"${attributes && ` ${attributes}`}>${escapeXml(content)}</text>`;
}

function fixed(coordinate: number): string {
  return coordinate.toFixed(1);
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
