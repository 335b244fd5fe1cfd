import {
  type FunctionBuilder,
  f32,
  type I32,
  i8x16,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../emitter/index.ts';
import { pointToRows } from './rows.ts';

/** Names of the functions that {@link emitPacking} adds. */
export const packing = {
  panels: 'pack/panels',
  transposedPanels: 'pack/transposed panels',
  edge: 'pack/edge',
  columns: 'copy columns',
  block: 'copy block',
  multiples: 'multiples',
} as const;

/** Adds the functions that arrange operands for the innermost product. All distances are in bytes. */
export function emitPacking(module: ModuleBuilder): void {
  emitPanels(module);
  emitTransposedPanels(module);
  emitEdge(module);
  emitCopyColumns(module);
  emitCopyBlock(module);
  emitMultiples(module);
}

const panelParameters = { source: 'i32', sourceRow: 'i32', depth: 'i32', target: 'i32', panels: 'i32' } as const;

/** A matrix of `depth` rows in panels of eight columns: [panel, row, 8]. */
function emitPanels(module: ModuleBuilder): void {
  module.function(packing.panels, panelParameters, (f, { source, sourceRow, depth, target, panels }) => {
    const [panel, k, from] = [f.local('i32'), f.local('i32'), f.local('i32')];
    f.loop(panel, { below: panels }, () => {
      f.set(from, source);
      f.loop(k, { below: depth }, () => {
        f.do(v128.store(target, v128.load(from)), v128.store(target, v128.load(from, 16), 16));
        f.increase(from, sourceRow);
        f.increase(target, 32);
      });
      f.increase(source, 32);
    });
  });
}

/** The transpose of a matrix, which has `depth` columns, in panels of eight of its rows: [panel, column, 8]. */
function emitTransposedPanels(module: ModuleBuilder): void {
  module.function(packing.transposedPanels, panelParameters, (f, { source, sourceRow, depth, target, panels }) => {
    const [panel, k] = [f.local('i32'), f.local('i32')];
    const whole = f.local('i32', i32.and(depth, i32.const(-4)));
    f.loop(panel, { below: panels }, () => {
      const rows = pointToRows(f, 8, source, sourceRow);
      f.loop(k, { below: whole, step: 4 }, () => {
        for (const half of [0, 4]) transposeFour(f, rows.slice(half, half + 4), target, 4 * half);
        for (const row of rows) f.increase(row, 16);
        f.increase(target, 128);
      });
      f.loop(k, { from: whole, below: depth }, () => {
        for (const [i, row] of rows.entries()) f.do(f32.store(target, f32.load(row), 4 * i));
        for (const row of rows) f.increase(row, 4);
        f.increase(target, 32);
      });
      f.increase(source, i32.mul(sourceRow, i32.const(8)));
    });
  });
}

/** Writes four elements of four rows as four rows of four, 32 bytes apart. */
function transposeFour(f: FunctionBuilder, rows: readonly I32[], target: I32, offset: number): void {
  const [a, b, c, d] = rows.map((row) => f.local('v128', v128.load(row))) as Tuple4;
  const [ab, cd] = [
    f.local('v128', i8x16.shuffle32(a, b, [0, 4, 1, 5])),
    f.local('v128', i8x16.shuffle32(c, d, [0, 4, 1, 5])),
  ];
  const [abHigh, cdHigh] = [
    f.local('v128', i8x16.shuffle32(a, b, [2, 6, 3, 7])),
    f.local('v128', i8x16.shuffle32(c, d, [2, 6, 3, 7])),
  ];
  f.do(
    v128.store(target, i8x16.shuffle32(ab, cd, [0, 1, 4, 5]), offset),
    v128.store(target, i8x16.shuffle32(ab, cd, [2, 3, 6, 7]), offset + 32),
    v128.store(target, i8x16.shuffle32(abHigh, cdHigh, [0, 1, 4, 5]), offset + 64),
    v128.store(target, i8x16.shuffle32(abHigh, cdHigh, [2, 3, 6, 7]), offset + 96),
  );
}

type Tuple4 = [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>];

/** Columns that do not fill a panel: `depth` rows of `columns` elements, each filled up with zeros to `targetRow` bytes. */
function emitEdge(module: ModuleBuilder): void {
  const parameters = {
    source: 'i32',
    sourceRow: 'i32',
    sourceColumn: 'i32',
    depth: 'i32',
    columns: 'i32',
    target: 'i32',
    targetRow: 'i32',
  } as const;
  module.function(
    packing.edge,
    parameters,
    (f, { source, sourceRow, sourceColumn, depth, columns, target, targetRow }) => {
      const [k, column, from] = [f.local('i32'), f.local('i32'), f.local('i32')];
      const filled = f.local('i32', i32.shl(columns, i32.const(2)));
      f.loop(k, { below: depth }, () => {
        f.set(from, source);
        f.loop(column, { below: filled, step: 4 }, () => {
          f.do(f32.store(i32.add(target, column), f32.load(from)));
          f.increase(from, sourceColumn);
        });
        f.loop(column, { from: filled, below: targetRow, step: 4 }, () => {
          f.do(f32.store(i32.add(target, column), f32.const(0)));
        });
        f.increase(source, sourceRow);
        f.increase(target, targetRow);
      });
    },
  );
}

/** Rows of a few elements from one place to another. */
function emitCopyColumns(module: ModuleBuilder): void {
  const parameters = {
    source: 'i32',
    sourceRow: 'i32',
    target: 'i32',
    targetRow: 'i32',
    rows: 'i32',
    columns: 'i32',
  } as const;
  module.function(packing.columns, parameters, (f, { source, sourceRow, target, targetRow, rows, columns }) => {
    const [row, column] = [f.local('i32'), f.local('i32')];
    const bytes = f.local('i32', i32.shl(columns, i32.const(2)));
    f.loop(row, { below: rows }, () => {
      f.loop(column, { below: bytes, step: 4 }, () => {
        f.do(i32.store(i32.add(target, column), i32.load(i32.add(source, column))));
      });
      f.increase(source, sourceRow);
      f.increase(target, targetRow);
    });
  });
}

/** Rows of many elements from one place to another. */
function emitCopyBlock(module: ModuleBuilder): void {
  const parameters = {
    source: 'i32',
    sourceRow: 'i32',
    target: 'i32',
    targetRow: 'i32',
    rows: 'i32',
    columns: 'i32',
  } as const;
  module.function(packing.block, parameters, (f, { source, sourceRow, target, targetRow, rows, columns }) => {
    const [row, from, to, end] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
    const bytes = f.local('i32', i32.shl(columns, i32.const(2)));
    f.loop(row, { below: rows }, () => {
      f.set(from, source);
      f.set(to, target);
      f.set(end, i32.add(source, bytes));
      f.while(i32.leU(i32.add(from, i32.const(16)), end), () => {
        f.do(v128.store(to, v128.load(from)));
        f.increase(from, 16);
        f.increase(to, 16);
      });
      f.while(i32.ltU(from, end), () => {
        f.do(i32.store(to, i32.load(from)));
        f.increase(from, 4);
        f.increase(to, 4);
      });
      f.increase(source, sourceRow);
      f.increase(target, targetRow);
    });
  });
}

/** A table of 0, step, 2 · step and so on. */
function emitMultiples(module: ModuleBuilder): void {
  module.function(packing.multiples, { target: 'i32', step: 'i32', count: 'i32' }, (f, { target, step, count }) => {
    const [i, value] = [f.local('i32'), f.local('i32')];
    f.loop(i, { below: count }, () => {
      f.do(i32.store(target, value));
      f.increase(value, step);
      f.increase(target, 4);
    });
  });
}
