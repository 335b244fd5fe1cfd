import { describe, expect, it } from 'vitest';
import { drawLossCurve, smooth } from './loss-curve.ts';
import { elementsOf } from './testing/elements-of.ts';

const losses = Array.from({ length: 100 }, (_, step) => 2.3 * Math.exp(-step / 20));
const svg = drawLossCurve({ title: 'Loss & <more>', losses, epochs: 4 });

function texts(picture: string): string[] {
  return [...picture.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, content]) => content ?? '');
}

describe('drawLossCurve', () => {
  it('gives well-formed XML with the namespace of SVG', () => {
    expect(elementsOf(svg)).toEqual(expect.arrayContaining(['svg', 'title', 'polyline']));
    expect(svg).toContain('xmlns="http://www.w3.org/2000/svg"');
    expect(texts(svg)).toContain('Loss &amp; &lt;more&gt;');
  });

  it('has a tick for each epoch, and for round losses around all of them', () => {
    expect(texts(svg)).toEqual(expect.arrayContaining(['epoch', '0', '1', '2', '3', '4', 'loss', '0.01', '0.5', '5']));
    expect(texts(svg)).not.toContain('10');
    const long = drawLossCurve({ title: '', losses, epochs: 60 });
    expect(texts(long)).toEqual(expect.arrayContaining(['0', '5', '55', '60']));
  });

  it('shows losses on other data, and those of other models', () => {
    const picture = drawLossCurve({
      title: '',
      losses: [4, 3, 2.5, 2.2],
      epochs: 400,
      labels: { x: 'step', y: 'bits per character' },
      validation: [
        { at: 200, loss: 3.2 },
        { at: 400, loss: 2.4 },
      ],
      levels: [{ label: 'bigram', loss: 3.5 }],
    });
    expect(elementsOf(picture).filter((name) => name === 'polyline')).toHaveLength(3);
    expect(texts(picture)).toEqual(
      expect.arrayContaining(['step', '50', '400', 'bits per character', '2', '3', '4', '5', 'validation', 'bigram']),
    );
    expect(texts(svg)).not.toContain('validation');
  });

  it('draws hundreds of thousands of steps', () => {
    const many = Array.from({ length: 150_000 }, (_, i) => 1 + 1 / (i + 1));
    expect(() => drawLossCurve({ title: '', losses: many, epochs: many.length })).not.toThrow();
  });

  it.each([
    ['many steps', losses],
    ['one step', [2]],
    ['a loss of 0', [1, 0]],
    ['no steps', []],
  ])('keeps every point inside the picture: %s', (_, values) => {
    const picture = drawLossCurve({ title: 'Loss', losses: values, epochs: 1 });
    elementsOf(picture);
    expect(picture).not.toMatch(/NaN|Infinity|undefined/);
    for (const [, points] of picture.matchAll(/points="([^"]*)"/g)) {
      for (const point of points?.split(' ').filter(Boolean) ?? []) {
        const [x = -1, y = -1] = point.split(',').map(Number);
        expect(x >= 64 && x <= 696 && y >= 64 && y <= 360).toBe(true);
      }
    }
  });
});

describe('smooth', () => {
  it('keeps the length and the level', () => {
    expect(smooth(new Array(200).fill(3))).toEqual(new Array(200).fill(3));
  });

  it('averages over the neighbours', () => {
    expect(smooth([0, 3, 0])).toEqual([1.5, 1, 1.5]);
  });
});
