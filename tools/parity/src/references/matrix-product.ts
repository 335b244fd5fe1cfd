import { broadcastOffsets, broadcastShape, type Shape, sizeOf } from '../nd-array.ts';
import type { BilinearTerms } from './terms.ts';

/** A product of stacks of matrices. */
export interface MatrixProduct {
  readonly a: Shape;
  readonly b: Shape;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function sidesOf({ a, b, transposeA, transposeB }: MatrixProduct): { rows: number; inner: number; columns: number } {
  const [first, second] = a.slice(-2) as [number, number];
  const [third, fourth] = b.slice(-2) as [number, number];
  return {
    rows: transposeA ? second : first,
    inner: transposeA ? first : second,
    columns: transposeB ? third : fourth,
  };
}

export function productShape(product: MatrixProduct): number[] {
  const { rows, columns } = sidesOf(product);
  return [...broadcastShape(product.a.slice(0, -2), product.b.slice(0, -2)), rows, columns];
}

/** All terms of all elements of the product; batches broadcast. */
export function productTerms(product: MatrixProduct): BilinearTerms {
  const { rows, inner, columns } = sidesOf(product);
  const { a, b, transposeA, transposeB } = product;
  const batches = broadcastShape(a.slice(0, -2), b.slice(0, -2));
  const [aBatch, bBatch] = [broadcastOffsets(a.slice(0, -2), batches), broadcastOffsets(b.slice(0, -2), batches)];
  return (emit) => {
    for (let batch = 0; batch < sizeOf(batches); batch++) {
      const aStart = (aBatch[batch] as number) * rows * inner;
      const bStart = (bBatch[batch] as number) * inner * columns;
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const out = (batch * rows + i) * columns + j;
          for (let k = 0; k < inner; k++) {
            emit(
              out,
              aStart + (transposeA ? k * rows + i : i * inner + k),
              bStart + (transposeB ? j * inner + k : k * columns + j),
            );
          }
        }
      }
    }
  };
}
