import { type I32, i32, type ModuleBuilder, type V128, v128 } from '../../emitter/index.ts';
import { forFours } from '../elementwise/map.ts';

/** The deepest product that is computed row by row: such a one writes more than it multiplies. */
export const mostFlatDepth = 4;

/** The name of the function for products of a depth. */
export function flatProductName(depth: number): string {
  return `product/flat ${depth}`;
}

/** All distances are in bytes. `fromColumn` is 0 where one element is the start of a whole row. */
const parameters = {
  left: 'i32',
  leftRow: 'i32',
  leftColumn: 'i32',
  right: 'i32',
  rightRow: 'i32',
  rows: 'i32',
  columns: 'i32',
  output: 'i32',
  from: 'i32',
  fromRow: 'i32',
  fromColumn: 'i32',
} as const;

/** Adds the products of a tall matrix and a wide one, for each small depth; they write the result in the order of memory. */
export function emitFlatProducts(module: ModuleBuilder): void {
  for (let depth = 1; depth <= mostFlatDepth; depth++) emitFlatProduct(module, depth);
}

function emitFlatProduct(module: ModuleBuilder, depth: number): void {
  module.function(flatProductName(depth), parameters, (f, p) => {
    const [row, at, fromAt] = [f.local('i32'), f.local('i32'), f.local('i32')];
    const factors = Array.from({ length: depth }, () => f.local('v128'));
    const pointers = factors.map(() => f.local('i32'));
    const start = f.local('v128');
    const fill = (startOf: (load: (address: I32) => V128) => void): void => {
      forFours(f, p.columns, (bytes, load, store) => {
        startOf(load);
        const sum = factors.reduce<V128>((total, factor, k) => {
          const right = load(pointers[k] as I32);
          return f.multiplyAdd(factor, right, total);
        }, start);
        store(p.output, sum);
        for (const pointer of [...pointers, fromAt, p.output]) f.increase(pointer, bytes);
      });
    };
    f.loop(row, { below: p.rows }, () => {
      f.set(at, p.left);
      for (const [k, factor] of factors.entries()) {
        f.set(factor, v128.load32Splat(at));
        f.set(pointers[k] as (typeof pointers)[number], i32.add(p.right, i32.mul(p.rightRow, i32.const(k))));
        f.increase(at, p.leftColumn);
      }
      f.set(fromAt, p.from);
      f.set(start, v128.load32Splat(p.from));
      f.if(
        p.fromColumn,
        () => fill((load) => f.set(start, load(fromAt))),
        () => fill(() => {}),
      );
      f.increase(p.left, p.leftRow);
      f.increase(p.from, p.fromRow);
    });
  });
}
