import { mostRows } from '../contraction/left-operand.ts';
import { type Correlation, isInside, reach } from './correlation.ts';

/** Images and the windows on them, laid out in memory. */
export interface Layout {
  readonly correlation: Correlation;
  /** Whether images are copied to a place with room around them. */
  readonly copied: boolean;
  readonly rowBytes: number;
  readonly imageBytes: number;
  readonly images: number;
  /** How many rows of windows are worked on at a time. */
  readonly bandRows: number;
  readonly windows: number;
  readonly runElements: number;
  readonly runOffsets: readonly number[];
}

/** About how many windows are worked on at a time. */
const windowsAtATime = 4 * mostRows;

const layouts = new WeakMap<Correlation, Layout>();

/** How images and windows are laid out. */
export function layOut(correlation: Correlation): Layout {
  const known = layouts.get(correlation);
  if (known !== undefined) return known;
  const layout = computeLayout(correlation);
  layouts.set(correlation, layout);
  return layout;
}

function computeLayout(correlation: Correlation): Layout {
  const { batch, rows, columns, channels } = correlation;
  const copied = !isInside(rows) || !isInside(columns);
  const [height, width] = copied ? [reach(rows), reach(columns)] : [rows.length, columns.length];
  const rowBytes = 4 * width * channels;
  const perImage = rows.windows * columns.windows;
  const images = Math.min(batch, Math.max(1, Math.floor(windowsAtATime / perImage)));
  const bandRows =
    perImage <= 4 * windowsAtATime ? rows.windows : Math.max(1, Math.floor(windowsAtATime / columns.windows));
  const joined = columns.dilation === 1;
  const runElements = joined ? columns.taps * channels : channels;
  const runOffsets: number[] = [];
  for (let y = 0; y < rows.taps; y++) {
    for (let x = 0; x < (joined ? 1 : columns.taps); x++) {
      runOffsets.push(y * rows.dilation * rowBytes + 4 * x * columns.dilation * channels);
    }
  }
  return {
    correlation,
    copied,
    rowBytes,
    imageBytes: height * rowBytes,
    images,
    bandRows,
    windows: images * bandRows * columns.windows,
    runElements,
    runOffsets,
  };
}
