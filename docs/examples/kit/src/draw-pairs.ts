import { PNG } from 'pngjs';
import { type Digits, IMAGE_SIZE, PIXELS } from './digits.ts';

/** How many digits of each kind are shown. */
const PAIRS = 4;

/** Lengths in the picture, in its pixels. A pixel of a digit is a square of `scale`. */
const scale = 3;
const cell = IMAGE_SIZE * scale;
const gap = { inPair: 2, between: 14 };
const paper = 255;
const background = 226;

/**
 * Digits and what was made of them as a picture: a column for each digit from 0 to 9, in it four pairs of a digit above
 * and what was made of it below.
 *
 * @returns The content of a PNG file.
 */
export function drawPairs(originals: Digits, results: Digits): Uint8Array {
  const width = 10 * cell + 11 * gap.between;
  const height = PAIRS * (2 * cell + gap.inPair) + (PAIRS + 1) * gap.between;
  const grey = Buffer.alloc(width * height, background);
  for (let digit = 0; digit < 10; digit++) {
    const left = gap.between + digit * (cell + gap.between);
    for (const [row, place] of placesOf(digit, originals).entries()) {
      const top = gap.between + row * (2 * cell + gap.inPair + gap.between);
      drawImage(grey, width, left, top, imageAt(originals, place));
      drawImage(grey, width, left, top + cell + gap.inPair, imageAt(results, place));
    }
  }
  return encode(grey, width, height);
}

/** The places of the first digits of a kind. */
function placesOf(digit: number, { labels }: Digits): number[] {
  const places = [...labels.keys()].filter((place) => labels[place] === digit);
  return places.slice(0, PAIRS);
}

function imageAt({ pixels }: Digits, place: number): Float32Array {
  return pixels.subarray(place * PIXELS, (place + 1) * PIXELS);
}

function drawImage(grey: Buffer, width: number, left: number, top: number, image: Float32Array): void {
  for (let y = 0; y < cell; y++) {
    for (let x = 0; x < cell; x++) {
      const ink = image[Math.floor(y / scale) * IMAGE_SIZE + Math.floor(x / scale)] as number;
      // A decoder may overshoot.
      grey[(top + y) * width + left + x] = Math.round(paper * (1 - Math.min(Math.max(ink, 0), 1)));
    }
  }
}

function encode(grey: Buffer, width: number, height: number): Uint8Array {
  const png = new PNG({ width, height });
  png.data = grey;
  return PNG.sync.write(png, { colorType: 0, inputColorType: 0 });
}
