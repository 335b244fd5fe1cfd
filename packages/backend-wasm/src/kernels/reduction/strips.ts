import { type FunctionBuilder, type I32, i32, type Local } from '../../emitter/index.ts';

/** So many columns are reduced before the next ones: what is kept of them stays in the nearest cache. */
const columnsAtOnce = 2048;

/**
 * Processors that compare only the low bits of addresses let loads wait for a store before them that seems to be to the same place.
 * What is kept of columns lies so many bytes before them, or a multiple of the period more: loads come back there much later.
 */
const [bytesBefore, period] = [64, 512];

/** How much scratch memory a reduction needs. */
export const scratchBytes: number = 4 * columnsAtOnce + period;

/** Matrices of so many bytes are read from main memory, and rows of so many bytes are each a stream of their own there. */
const [farBytes, streamBytes] = [8 << 20, 4096];

/** The operands of a reduction of the middle axis of a dense [outer, reduced, inner] of 32-bit elements, and room for its columns. */
export const operandParameters = {
  input: 'i32',
  output: 'i32',
  outer: 'i32',
  reduced: 'i32',
  inner: 'i32',
  scratch: 'i32',
} as const;
/** Those operands as variables. */
export type Operands = { readonly [K in keyof typeof operandParameters]: Local<'i32'> };

/** Neighbouring columns of a matrix, and where their results are. */
export interface Strip {
  readonly from: Local<'i32'>;
  readonly to: Local<'i32'>;
  readonly rows: Local<'i32'>;
  readonly rowBytes: Local<'i32'>;
  readonly columns: Local<'i32'>;
  /** Memory for a number of each column. */
  readonly scratch: Local<'i32'>;
  /** Whether the rows are read from main memory. */
  readonly isFar: Local<'i32'>;
}

/** Matrices with fewer columns are not worth a strip of their own for those before the first whole vector. */
const fewestColumns = 128;

/** How a row is reduced to one element, and strips of columns to one row. */
export interface Bodies {
  readonly row: () => void;
  readonly strip: (strip: Strip) => void;
}

/** Writes the code that reduces rows, where the middle axis is the last, or else columns. Input and output go along. */
export function forRowsOrStrips(f: FunctionBuilder, operands: Operands, { row, strip }: Bodies): void {
  const { input, output, outer, reduced, inner } = operands;
  const i = f.local('i32');
  f.if(
    i32.eq(inner, i32.const(1)),
    () =>
      f.loop(i, { below: outer }, () => {
        row();
        f.increase(input, i32.shl(reduced, i32.const(2)));
        f.increase(output, 4);
      }),
    () => forStrips(f, operands, strip),
  );
}

/** Writes the code that runs the body for all columns, strip by strip. */
function forStrips(f: FunctionBuilder, operands: Operands, body: (strip: Strip) => void): void {
  const { input, output, outer, reduced, inner } = operands;
  const [i, column, columns, scratch] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
  const rowBytes = f.local('i32', i32.shl(inner, i32.const(2)));
  const isFar = f.local('i32', areFar(reduced, rowBytes));
  f.loop(i, { below: outer }, () => {
    const [from, to] = [f.local('i32', input), f.local('i32', output)];
    f.set(column, i32.const(0));
    f.set(columns, i32.select(isFar, i32.const(0), columnsBeforeVector(from, inner)));
    f.while(i32.ltS(column, inner), () => {
      f.if(i32.eqz(columns), () => f.set(columns, smaller(i32.sub(inner, column), i32.const(columnsAtOnce))));
      const shift = i32.and(i32.sub(i32.sub(from, i32.const(bytesBefore)), operands.scratch), i32.const(period - 1));
      f.set(scratch, i32.add(operands.scratch, shift));
      body({ from, to, rows: reduced, rowBytes, columns, scratch, isFar });
      f.increase(column, columns);
      f.increase(from, i32.shl(columns, i32.const(2)));
      f.increase(to, i32.shl(columns, i32.const(2)));
      f.set(columns, i32.const(0));
    });
    f.increase(input, i32.mul(reduced, rowBytes));
    f.increase(output, rowBytes);
  });
}

function areFar(rows: I32, rowBytes: I32): I32 {
  return i32.and(i32.gtU(i32.mul(rows, rowBytes), i32.const(farBytes)), i32.geU(rowBytes, i32.const(streamBytes)));
}

/**
 * How many columns come before the first that begins a whole vector of memory: vectors that lie across the border of two cache
 * lines take twice as long.
 */
function columnsBeforeVector(from: I32, columns: I32): I32 {
  const before = i32.and(i32.sub(i32.const(0), i32.shrU(from, i32.const(2))), i32.const(3));
  const isWorthIt = i32.and(i32.geS(columns, i32.const(fewestColumns)), i32.eqz(i32.and(columns, i32.const(3))));
  return i32.select(isWorthIt, before, i32.const(0));
}

/** Some rows that are taken at once. */
export interface RowsAtOnce {
  readonly count: 8 | 4 | 1;
  /** Where the first of them begins. */
  readonly from: Local<'i32'>;
  /** The number of the first of them. */
  readonly row: Local<'i32'>;
  /** How many rows, and bytes, each is after the one before it. */
  readonly rowsApart: I32;
  readonly bytesApart: I32;
}

/**
 * Writes the code that runs the body for all rows of a strip: for eight at once, so that results are loaded and stored less often,
 * or from main memory for four, which is faster in few streams; then for one. Rows at once are an eighth, or a quarter, of all
 * rows apart, so that the streams have no gaps.
 */
export function forStreams(
  f: FunctionBuilder,
  { from, rows, rowBytes, isFar }: Pick<Strip, 'from' | 'rows' | 'rowBytes' | 'isFar'>,
  body: (rows: RowsAtOnce) => void,
): void {
  const eighth = f.local('i32', i32.select(isFar, i32.const(0), i32.shrU(rows, i32.const(3))));
  const quarter = f.local('i32', i32.select(isFar, i32.shrU(rows, i32.const(2)), i32.const(0)));
  const rowsApart = f.local('i32', i32.or(eighth, quarter));
  const bytesApart = f.local('i32', i32.mul(rowsApart, rowBytes));
  const taken = f.local('i32', i32.or(i32.shl(eighth, i32.const(3)), i32.shl(quarter, i32.const(2))));
  const [row, at] = [f.local('i32'), f.local('i32', from)];
  const forTurns = (count: RowsAtOnce['count'], begin: I32, below: I32): void =>
    f.loop(row, { from: begin, below }, () => {
      body({ count, from: at, row, rowsApart, bytesApart });
      f.increase(at, rowBytes);
    });
  forTurns(8, i32.const(0), eighth);
  forTurns(4, i32.const(0), quarter);
  f.set(at, i32.add(from, i32.mul(taken, rowBytes)));
  forTurns(1, taken, rows);
}

/** Addresses that are so far apart. */
export function neighbours(f: FunctionBuilder, first: Local<'i32'>, bytes: I32, count: number): Local<'i32'>[] {
  const addresses = [first];
  for (let before = first; addresses.length < count; addresses.push(before)) {
    before = f.local('i32', i32.add(before, bytes));
  }
  return addresses;
}

/** The smaller of two integers. */
export function smaller(a: I32, b: I32): I32 {
  return i32.select(i32.ltS(a, b), a, b);
}
