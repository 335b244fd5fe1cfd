import {
  type FunctionBuilder,
  f32,
  f32x4,
  type I32,
  i32,
  type Local,
  type ModuleBuilder,
  type V128,
  v128,
} from '../../emitter/index.ts';
import { pointToRows } from './rows.ts';

/** Names of the functions that {@link emitVectorProducts} adds. */
export const vectorProducts = { rows: 'vector/rows', sum: 'vector/sum of rows' } as const;

/** How many columns of a sum of rows are computed at a time, so that they stay in the first cache. */
const columnsAtATime = 2048;

/** Adds the products of a matrix and a vector. Each result begins with an element of `from`, `fromStep` bytes apart. */
export function emitVectorProducts(module: ModuleBuilder): void {
  emitRowProducts(module);
  emitSumOfRows(module);
}

const parameters = {
  matrix: 'i32',
  /** The bytes from row to row. */
  row: 'i32',
  rows: 'i32',
  columns: 'i32',
  vector: 'i32',
  output: 'i32',
  from: 'i32',
  fromStep: 'i32',
} as const;

/** The product of every row of a matrix with a vector. */
function emitRowProducts(module: ModuleBuilder): void {
  module.function(
    vectorProducts.rows,
    parameters,
    (f, { matrix, row, rows, columns, vector, output, from, fromStep }) => {
      const done = f.local('i32');
      const take = (count: number): void => {
        rowProducts(f, count, { matrix, row, columns, vector, output, from, fromStep });
        f.increase(matrix, i32.mul(row, i32.const(count)));
        f.increase(output, 4 * count);
        f.increase(done, count);
      };
      f.while(i32.leS(done, i32.sub(rows, i32.const(4))), () => take(4));
      f.while(i32.ltS(done, rows), () => take(1));
    },
  );
}

interface RowProducts {
  readonly matrix: I32;
  readonly row: I32;
  readonly columns: I32;
  readonly vector: I32;
  readonly output: I32;
  readonly from: Local<'i32'>;
  readonly fromStep: I32;
}

/** One row or four rows, with eight sums under way. */
function rowProducts(f: FunctionBuilder, count: number, p: RowProducts): void {
  const vectors = 8 / count;
  const pointers = pointToRows(f, count, p.matrix, p.row);
  const sums = pointers.map(() => Array.from({ length: vectors }, () => f.local('v128')));
  const at = f.local('i32', p.vector);
  const end = f.local('i32', i32.add(p.vector, i32.shl(p.columns, i32.const(2))));
  for (const sum of sums.flat()) f.set(sum, f32x4.const(0));
  const step = (bytes: number, multiply: () => void): void => {
    f.while(i32.leU(i32.add(at, i32.const(bytes)), end), () => {
      multiply();
      for (const pointer of pointers) f.increase(pointer, bytes);
      f.increase(at, bytes);
    });
  };
  step(16 * vectors, () => {
    for (let vector = 0; vector < vectors; vector++) {
      const right = f.local('v128', v128.load(at, 16 * vector));
      pointers.forEach((pointer, i) => {
        const sum = sums[i]?.[vector] as Local<'v128'>;
        f.set(sum, f.multiplyAdd(v128.load(pointer, 16 * vector), right, sum));
      });
    }
  });
  // What is left, one element at a time in the first lane.
  step(4, () => {
    const right = f.local('v128', v128.load32Zero(at));
    pointers.forEach((pointer, i) => {
      const sum = sums[i]?.[0] as Local<'v128'>;
      f.set(sum, f.multiplyAdd(v128.load32Zero(pointer), right, sum));
    });
  });
  sums.forEach((parts, i) => {
    const total = parts.reduce<V128>((a, b) => f32x4.add(a, b), f32x4.const(0));
    f.do(f32.store(p.output, f32.add(f32.load(p.from), sumOfLanes(f, total)), 4 * i));
    f.increase(p.from, p.fromStep);
  });
}

function sumOfLanes(f: FunctionBuilder, value: V128) {
  const v = f.local('v128', value);
  const lane = (index: number) => f32x4.lane(index, v);
  return f32.add(f32.add(lane(0), lane(1)), f32.add(lane(2), lane(3)));
}

/** The sum of the rows of a matrix, each times an element of a vector. */
function emitSumOfRows(module: ModuleBuilder): void {
  module.function(
    vectorProducts.sum,
    parameters,
    (f, { matrix, row, rows, columns, vector, output, from, fromStep }) => {
      const [start, count, k, at, i] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
      const add = (rowCount: number): void => {
        addRows(f, rowCount, { at, row, count, vector: i32.add(vector, i32.shl(k, i32.const(2))), output });
        f.increase(at, i32.mul(row, i32.const(rowCount)));
        f.increase(k, rowCount);
      };
      f.loop(start, { below: columns, step: columnsAtATime }, () => {
        const left = i32.sub(columns, start);
        f.set(count, i32.select(i32.ltS(left, i32.const(columnsAtATime)), left, i32.const(columnsAtATime)));
        f.loop(i, { below: count }, () => {
          f.do(f32.store(i32.add(output, i32.shl(i, i32.const(2))), f32.load(from)));
          f.increase(from, fromStep);
        });
        f.set(at, matrix);
        f.set(k, i32.const(0));
        f.while(i32.leS(k, i32.sub(rows, i32.const(8))), () => add(8));
        f.while(i32.ltS(k, rows), () => add(1));
        f.increase(matrix, 4 * columnsAtATime);
        f.increase(output, 4 * columnsAtATime);
      });
    },
  );
}

interface AddedRows {
  readonly at: I32;
  readonly row: I32;
  readonly count: I32;
  readonly vector: I32;
  readonly output: I32;
}

/** Adds a few rows, each times an element, to the output. */
function addRows(f: FunctionBuilder, rowCount: number, { at, row, count, vector, output }: AddedRows): void {
  const pointers = pointToRows(f, rowCount, at, row);
  const factors = pointers.map((_, i) => f.local('v128', v128.load32Splat(vector, 4 * i)));
  const target = f.local('i32', output);
  const end = f.local('i32', i32.add(output, i32.shl(count, i32.const(2))));
  const step = (bytes: number, load: (address: I32) => V128, store: (address: I32, value: V128) => void): void => {
    f.while(i32.leU(i32.add(target, i32.const(bytes)), end), () => {
      store(
        target,
        pointers.reduce((sum, pointer, i) => f.multiplyAdd(load(pointer), factors[i] as V128, sum), load(target)),
      );
      for (const pointer of pointers) f.increase(pointer, bytes);
      f.increase(target, bytes);
    });
  };
  step(16, v128.load, (address, value) => f.do(v128.store(address, value)));
  step(4, v128.load32Zero, (address, value) => f.do(v128.store32Lane(0, address, value)));
}
