import { describe, expect, it } from 'vitest';
import type { CaseVariable, InitialValue } from './case-format.ts';
import { Comparison, statisticsOf } from './compare.ts';
import { compareInitialValue } from './initial-values.ts';

/** Numbers that fill an interval evenly, in an order that looks drawn. */
function uniform(count: number, reach: number): number[] {
  return Array.from({ length: count }, (_, i) => ((((i * 7919) % count) + 0.5) / count) * 2 * reach - reach);
}

function paths(initial: InitialValue, got: number[]): string[] {
  const comparison = new Comparison();
  const variable = { name: 'w:0', shape: [got.length], dtype: 'float32', initial } as unknown as CaseVariable;
  compareInitialValue('w', variable, got, comparison);
  return comparison.differences.map(({ path }) => path);
}

function recorded(values: number[]): InitialValue {
  const { mean, std, min, max } = statisticsOf(values);
  return { mean, std, min, max };
}

describe('compareInitialValue', () => {
  it('compares constants exactly', () => {
    expect(paths({ constant: 0.1 }, [Math.fround(0.1), Math.fround(0.1)])).toEqual([]);
    expect(paths({ constant: 0 }, [0, 1e-3])).toEqual(['w']);
    expect(paths({}, [Number.NaN])).toEqual(['w']);
  });

  it('knows that one number of many digits was drawn', () => {
    expect(paths({ constant: 0.8275002 }, [-0.4])).toEqual([]);
    expect(paths({ constant: 0.5 }, [-0.4])).toEqual(['w']);
    expect(paths({ constant: 0.8275002 }, [-0.4, 0.2])).toEqual(['w']);
  });

  it('accepts another draw of the same distribution', () => {
    expect(paths(recorded(uniform(1009, 1)), uniform(2003, 1).slice(0, 1009))).toEqual([]);
    expect(paths(recorded(uniform(12, 1)), uniform(12, 0.8))).toEqual([]);
  });

  it('finds another spread, centre or bound', () => {
    const record = recorded(uniform(1009, 1));
    expect(paths(record, uniform(1009, 1.5))).toContain('w.std');
    expect(
      paths(
        record,
        uniform(1009, 1).map((value) => value + 0.5),
      ),
    ).toContain('w.mean');
    expect(paths(record, [...uniform(1008, 1), 1.4])).toEqual(['w.max']);
  });
});
