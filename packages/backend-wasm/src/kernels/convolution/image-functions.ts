import {
  type FunctionBuilder,
  type FunctionReference,
  i8x16,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../emitter/index.ts';

/** Names of the functions that {@link emitImageFunctions} adds. */
export const imageFunctions = {
  pixels: 'image/pixels',
  turnedFilter: 'image/turned filter',
  zeros: 'image/zeros',
} as const;

/** Adds what convolutions need beside the product of matrices. All distances are in bytes. */
export function emitImageFunctions(module: ModuleBuilder): void {
  emitPixels(module);
  emitTurnedFilter(module, emitTranspose(module));
  emitZeros(module);
}

/** A table of the offsets of pixels: [images, rows, columns]. */
function emitPixels(module: ModuleBuilder): void {
  const parameters = {
    target: 'i32',
    images: 'i32',
    rows: 'i32',
    columns: 'i32',
    image: 'i32',
    row: 'i32',
    column: 'i32',
  } as const;
  module.function(imageFunctions.pixels, parameters, (f, { target, images, rows, columns, image, row, column }) => {
    const [i, y, x] = [f.local('i32'), f.local('i32'), f.local('i32')];
    const [imageAt, rowAt, at] = [f.local('i32'), f.local('i32'), f.local('i32')];
    f.loop(i, { below: images }, () => {
      f.set(rowAt, imageAt);
      f.loop(y, { below: rows }, () => {
        f.set(at, rowAt);
        f.loop(x, { below: columns }, () => {
          f.do(i32.store(target, at));
          f.increase(target, 4);
          f.increase(at, column);
        });
        f.increase(rowAt, row);
      });
      f.increase(imageAt, image);
    });
  });
}

/** Zeros from an address on: a multiple of four bytes. */
function emitZeros(module: ModuleBuilder): void {
  module.function(imageFunctions.zeros, { target: 'i32', bytes: 'i32' }, (f, { target, bytes }) => {
    const i = f.local('i32');
    const whole = f.local('i32', i32.and(bytes, i32.const(-16)));
    f.loop(i, { below: whole, step: 16 }, () => f.do(v128.store(i32.add(target, i), i32x4.const(0))));
    f.loop(i, { from: whole, below: bytes, step: 4 }, () => f.do(i32.store(i32.add(target, i), i32.const(0))));
  });
}

/** The transpose of a matrix of `rows` rows of `columns` elements, both without gaps. */
function emitTranspose(module: ModuleBuilder): FunctionReference<'none'> {
  const parameters = { source: 'i32', rows: 'i32', columns: 'i32', target: 'i32' } as const;
  return module.function('image/transpose', parameters, (f, { source, rows, columns, target }) => {
    const [i, j] = [f.local('i32'), f.local('i32')];
    const [sourceRow, targetRow] = [
      f.local('i32', i32.shl(columns, i32.const(2))),
      f.local('i32', i32.shl(rows, i32.const(2))),
    ];
    const [from, to] = [f.local('i32'), f.local('i32')];
    const wholeRows = f.local('i32', i32.and(rows, i32.const(-4)));
    const wholeColumns = f.local('i32', i32.and(columns, i32.const(-4)));
    const point = (): void => {
      f.set(from, i32.add(source, i32.add(i32.mul(i, sourceRow), i32.shl(j, i32.const(2)))));
      f.set(to, i32.add(target, i32.add(i32.mul(j, targetRow), i32.shl(i, i32.const(2)))));
    };
    const one = (): void => {
      point();
      f.do(i32.store(to, i32.load(from)));
    };
    f.loop(i, { below: wholeRows, step: 4 }, () => {
      f.loop(j, { below: wholeColumns, step: 4 }, () => {
        point();
        transposeFour(f, from, sourceRow, to, targetRow);
      });
    });
    f.loop(i, { below: wholeRows }, () => f.loop(j, { from: wholeColumns, below: columns }, one));
    f.loop(i, { from: wholeRows, below: rows }, () => f.loop(j, { below: columns }, one));
  });
}

/** Taps of a filter, each transposed, in an order of rows and columns that the steps (bytes) give. */
function emitTurnedFilter(module: ModuleBuilder, transpose: FunctionReference<'none'>): void {
  const parameters = {
    source: 'i32',
    rows: 'i32',
    columns: 'i32',
    rowStep: 'i32',
    columnStep: 'i32',
    inChannels: 'i32',
    outChannels: 'i32',
    target: 'i32',
  } as const;
  module.function(imageFunctions.turnedFilter, parameters, (f, p) => {
    const [y, x, at] = [f.local('i32'), f.local('i32'), f.local('i32')];
    const tap = f.local('i32', i32.shl(i32.mul(p.inChannels, p.outChannels), i32.const(2)));
    f.loop(y, { below: p.rows }, () => {
      f.set(at, p.source);
      f.loop(x, { below: p.columns }, () => {
        f.do(transpose.call(at, p.inChannels, p.outChannels, p.target));
        f.increase(at, p.columnStep);
        f.increase(p.target, tap);
      });
      f.increase(p.source, p.rowStep);
    });
  });
}

function transposeFour(
  f: FunctionBuilder,
  from: Local<'i32'>,
  fromRow: Local<'i32'>,
  to: Local<'i32'>,
  toRow: Local<'i32'>,
): void {
  const [a, b, c, d] = [0, 1, 2, 3].map(() => {
    const row = f.local('v128', v128.load(from));
    f.increase(from, fromRow);
    return row;
  }) as [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>];
  const low = [
    f.local('v128', i8x16.shuffle32(a, b, [0, 4, 1, 5])),
    f.local('v128', i8x16.shuffle32(c, d, [0, 4, 1, 5])),
  ] as const;
  const high = [
    f.local('v128', i8x16.shuffle32(a, b, [2, 6, 3, 7])),
    f.local('v128', i8x16.shuffle32(c, d, [2, 6, 3, 7])),
  ] as const;
  for (const [upper, lower] of [low, high]) {
    for (const lanes of [
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ] as const) {
      f.do(v128.store(to, i8x16.shuffle32(upper, lower, [...lanes])));
      f.increase(to, toRow);
    }
  }
}
