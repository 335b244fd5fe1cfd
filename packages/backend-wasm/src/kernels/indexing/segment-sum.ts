import * as tf from '@tensorflow/tfjs-core';
import { f32x4, i32, i32x4, type ModuleBuilder } from '../../emitter/index.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { forFours } from '../elementwise/map.ts';
import { sizeOf } from '../shape.ts';

/**
 * Adds functions that add each of `count` rows of `width` numbers to the row of the output that its segment names; rows whose
 * segment is not in 0 … segments - 1 are left out.
 */
export function emitSegmentSum(module: ModuleBuilder): void {
  const parameters = {
    x: 'i32',
    segments: 'i32',
    output: 'i32',
    count: 'i32',
    width: 'i32',
    segmentCount: 'i32',
  } as const;
  for (const [dtype, add] of [
    ['float32', f32x4.add],
    ['int32', i32x4.add],
  ] as const) {
    const name = `UnsortedSegmentSum/${dtype}`;
    module.function(name, parameters, (f, { x, segments, output, count, width, segmentCount }) => {
      const [i, segment, from, to] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
      const rowBytes = f.local('i32', i32.shl(width, i32.const(2)));
      f.loop(i, { below: count }, () => {
        f.set(segment, i32.load(segments));
        f.if(i32.ltU(segment, segmentCount), () => {
          f.set(from, x);
          f.set(to, i32.add(output, i32.mul(segment, rowBytes)));
          forFours(f, width, (bytes, load, store) => {
            store(to, add(load(from), load(to)));
            f.increase(from, bytes);
            f.increase(to, bytes);
          });
        });
        f.increase(segments, 4);
        f.increase(x, rowBytes);
      });
    });
  }
  module.function('clear', { address: 'i32', bytes: 'i32' }, (f, { address, bytes }) => {
    f.do(i32.fillMemory(address, i32.const(0), bytes));
  });
}

/** The sum of the rows of each segment. */
export function segmentSumKernel(runtime: Runtime): tf.KernelFunc {
  const { heap, generated } = runtime;
  const sums = { float32: generated('UnsortedSegmentSum/float32'), int32: generated('UnsortedSegmentSum/int32') };
  const clear = generated('clear');
  return ({ inputs, attrs }) => {
    const { x: given, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
    const { numSegments } = attrs as unknown as tf.UnsortedSegmentSumAttrs;
    const rowShape = given.shape.slice(segmentIds.shape.length);
    tf.util.assertShapesMatch(
      given.shape.slice(0, segmentIds.shape.length),
      segmentIds.shape,
      'UnsortedSegmentSum: x must begin with the shape of segmentIds. ',
    );
    const x = given.dtype === 'bool' ? runtime.run(tf.Cast, { x: given }, { dtype: 'int32' }) : given;
    const output = heap.allocate([numSegments, ...rowShape], x.dtype);
    clear(heap.address(output), 4 * sizeOf(output.shape));
    sums[x.dtype === 'int32' ? 'int32' : 'float32'](
      heap.address(x),
      heap.address(segmentIds),
      heap.address(output),
      ...[sizeOf(segmentIds.shape), sizeOf(rowShape), numSegments],
    );
    if (x !== given) heap.dispose(x);
    return output;
  };
}
