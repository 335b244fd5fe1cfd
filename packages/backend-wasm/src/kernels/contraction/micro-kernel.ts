import {
  type FunctionBuilder,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import type { Tile } from './tile.ts';

/** The part of a product's result that one run of the innermost loop computes. */
interface Block {
  readonly rows: number;
  /** Vectors of four columns. */
  readonly vectors: number;
}

/** How the left operand is walked: along its rows, or along its columns (where it is stored transposed). */
export type Walk = 'rows' | 'columns';

/** The name of the function for tiles of so many rows and columns. */
export function microKernelName(walk: Walk, rows: number, columns: number): string {
  return `product/${walk}/${rows}x${columns}`;
}

/** Adds the innermost products for all tiles of up to the target's rows, and of eight and four columns. */
export function emitMicroKernels(module: ModuleBuilder, { rows: mostRows }: Tile): void {
  for (let rows = 1; rows <= mostRows; rows++) {
    for (const vectors of [1, 2]) {
      emitAlongRows(module, { rows, vectors });
      emitAlongColumns(module, { rows, vectors });
    }
  }
}

/** Adds only the function for whole tiles along rows, which tells how fast the others are. */
export function emitTypicalMicroKernel(module: ModuleBuilder, { rows }: Tile): void {
  emitAlongRows(module, { rows, vectors: 2 });
}

/**
 * The parameters of both walks, all distances in bytes. The right operand lies in panels of a tile's width. The result begins
 * with what is found at `from`: zeros, a bias, or the sum so far.
 */
const common = {
  b: 'i32',
  /** From one row of the right operand to the next. */
  bRow: 'i32',
  /** From one panel to the next. */
  bPanel: 'i32',
  panels: 'i32',
  c: 'i32',
  cRow: 'i32',
  /** How many tiles there are below each other. */
  tiles: 'i32',
  from: 'i32',
  fromRow: 'i32',
  fromPanel: 'i32',
} as const;

/**
 * Rows of the left operand are given by a table of offsets from `a`. What counts as a row's elements lies in runs: stretches
 * of `runLength` bytes that begin at the offsets in the table `runs`, which has `runsBytes` bytes.
 */
function emitAlongRows(module: ModuleBuilder, block: Block): void {
  const parameters = { a: 'i32', table: 'i32', runs: 'i32', runsBytes: 'i32', runLength: 'i32', ...common } as const;
  const name = microKernelName('rows', block.rows, 4 * block.vectors);
  module.function(name, parameters, (f, { a, table, runs, runsBytes, runLength, ...walked }) => {
    const pointers = locals(f, 'i32', block.rows);
    const [first] = pointers as [Local<'i32'>];
    const run = f.local('i32');
    const end = f.local('i32');
    const runsEnd = f.local('i32', i32.add(runs, runsBytes));
    const product = (multiply: Multiply, b: Local<'i32'>): void => {
      f.set(run, runs);
      f.while(i32.ltU(run, runsEnd), () => {
        const start = i32.add(a, i32.load(run));
        for (const [row, pointer] of pointers.entries()) f.set(pointer, i32.add(start, i32.load(table, 4 * row)));
        f.set(end, i32.add(first, runLength));
        f.while(i32.ltU(first, end), () => {
          multiply((row) => {
            const pointer = pointers[row] as Local<'i32'>;
            return v128.load32Splat(pointer);
          });
          for (const pointer of pointers) f.increase(pointer, 4);
          f.increase(b, walked.bRow);
        });
        f.increase(run, 4);
      });
    };
    const rowsAreLong = i32.geS(runLength, i32.const(fewestTouchedBytes));
    const touches = f.local('i32', i32.and(i32.eq(runsBytes, i32.const(4)), rowsAreLong));
    const begin = (isLast: I32): void =>
      f.if(i32.and(touches, i32.eqz(isLast)), () => {
        const start = f.local('i32', i32.add(a, i32.load(runs)));
        for (let row = block.rows; row < 2 * block.rows; row++) {
          touch(f, i32.add(start, i32.load(table, 4 * row)), runLength);
        }
      });
    forTiles(f, block, walked, product, { begin, end: () => f.increase(table, 4 * block.rows) });
  });
}

/**
 * Columns of the left operand (rows as it is stored) are given by a table of offsets from `a`, which has `tableBytes` bytes;
 * the rows of a tile are neighbours there. From tile to tile it is `aTile` bytes.
 */
function emitAlongColumns(module: ModuleBuilder, block: Block): void {
  const parameters = { a: 'i32', table: 'i32', tableBytes: 'i32', aTile: 'i32', ...common } as const;
  const name = microKernelName('columns', block.rows, 4 * block.vectors);
  module.function(name, parameters, (f, { a, table, tableBytes, aTile, ...walked }) => {
    const column = f.local('i32');
    const entry = f.local('i32');
    const end = f.local('i32', i32.add(table, tableBytes));
    const product = (multiply: Multiply, b: Local<'i32'>): void => {
      f.set(entry, table);
      f.while(i32.ltU(entry, end), () => {
        f.set(column, i32.add(a, i32.load(entry)));
        multiply((row) => v128.load32Splat(column, 4 * row));
        f.increase(entry, 4);
        f.increase(b, walked.bRow);
      });
    };
    forTiles(f, block, walked, product, { end: () => f.increase(a, aTile) });
  });
}

/** Rows of so many bytes are read ahead: the rows of a tile follow each other, which the processor does not foresee. */
const fewestTouchedBytes = 256;

/** Writes code that reads a byte of every cache line, so that all of them are under way at once. */
function touch(f: FunctionBuilder, from: I32, bytes: I32): void {
  const [at, touched] = [f.local('i32', from), f.local('i32')];
  const end = f.local('i32', i32.add(at, bytes));
  f.while(i32.ltU(at, end), () => {
    f.set(touched, i32.load(at));
    f.increase(at, 64);
  });
}

type Walked = { readonly [K in keyof typeof common]: Local<'i32'> };

/** Writes one step of the product: a column of the left operand times a row of the right one. */
type Multiply = (left: (row: number) => V128) => void;

/** What goes along with the tiles below each other. */
interface TileSteps {
  /** Writes what comes before a tile, which may be the last. */
  readonly begin?: (isLast: I32) => void;
  /** Writes what comes behind it. */
  readonly end: () => void;
}

function forTiles(
  f: FunctionBuilder,
  block: Block,
  { b, panels, bPanel, c, cRow, tiles, from, fromRow, fromPanel }: Omit<Walked, 'bRow'>,
  product: (multiply: Multiply, b: Local<'i32'>) => void,
  { begin, end }: TileSteps,
): void {
  const [panel, tile] = [f.local('i32'), f.local('i32')];
  const [bPanelStart, bAt, cAt, fromAt, at] = locals(f, 'i32', 5) as Tuple5;
  const sums = locals(f, 'v128', block.rows * block.vectors);
  const multiply = multiplyInto(f, block, sums, bAt);
  f.loop(tile, { below: tiles }, () => {
    begin?.(i32.eq(i32.add(tile, i32.const(1)), tiles));
    f.set(bPanelStart, b);
    f.set(cAt, c);
    f.set(fromAt, from);
    f.loop(panel, { below: panels }, () => {
      f.set(at, fromAt);
      sums.forEach((sum, i) => {
        const vector = i % block.vectors;
        if (vector === 0 && i > 0) f.increase(at, fromRow);
        f.set(sum, v128.load(at, 16 * vector));
      });
      f.set(bAt, bPanelStart);
      product(multiply, bAt);
      f.set(at, cAt);
      sums.forEach((sum, i) => {
        const vector = i % block.vectors;
        if (vector === 0 && i > 0) f.increase(at, cRow);
        f.do(v128.store(at, sum, 16 * vector));
      });
      f.increase(bPanelStart, bPanel);
      f.increase(cAt, 16 * block.vectors);
      f.increase(fromAt, fromPanel);
    });
    end();
    f.increase(c, i32.mul(cRow, i32.const(block.rows)));
    f.increase(from, i32.mul(fromRow, i32.const(block.rows)));
  });
}

type Tuple5 = [Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>, Local<'i32'>];

function multiplyInto(f: FunctionBuilder, { rows, vectors }: Block, sums: readonly Local<'v128'>[], b: I32): Multiply {
  const right = locals(f, 'v128', vectors);
  const left = f.local('v128');
  return (leftAt) => {
    for (const [vector, local] of right.entries()) f.set(local, v128.load(b, 16 * vector));
    for (let row = 0; row < rows; row++) {
      f.set(left, leftAt(row));
      right.forEach((value, vector) => {
        const sum = sums[row * vectors + vector] as Local<'v128'>;
        f.set(sum, f.multiplyAdd(left, value, sum));
      });
    }
  };
}

function locals<T extends 'i32' | 'v128'>(f: FunctionBuilder, type: T, count: number): Local<T>[] {
  return Array.from({ length: count }, () => f.local(type));
}
