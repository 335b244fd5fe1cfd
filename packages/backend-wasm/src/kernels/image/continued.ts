import { type FunctionBuilder, f32, i32, type Local } from '../../emitter/index.ts';

/** How images go on beyond their edges, each with its number in generated code. */
export const fillModes: Readonly<Record<'constant' | 'reflect' | 'wrap' | 'nearest', number>> = {
  constant: 0,
  reflect: 1,
  wrap: 2,
  nearest: 3,
};

/** Writes code that moves a position beyond an axis to where the image has what lies there, as TensorFlow does it. */
export function continueAxis(
  f: FunctionBuilder,
  position: Local<'f32'>,
  length: Local<'f32'>,
  mode: Local<'i32'>,
): void {
  const last = f32.sub(length, f32.const(1));
  const isMode = (name: keyof typeof fillModes) => i32.eq(mode, i32.const(fillModes[name]));
  const isBeyond = i32.or(f32.lt(position, f32.const(0)), f32.gt(position, last));
  f.if(i32.and(i32.ne(mode, i32.const(fillModes.constant)), isBeyond), () => {
    f.if(f32.gt(length, f32.const(1)), () => {
      f.if(isMode('reflect'), () => reflect(f, position, length));
      f.if(isMode('wrap'), () => wrap(f, position, length));
    });
    f.set(position, f32.max(f32.min(position, last), f32.const(0)));
  });
}

/** Mirrors stand half a pixel before the first pixel and behind the last one. */
function reflect(f: FunctionBuilder, position: Local<'f32'>, length: Local<'f32'>): void {
  const half = f32.const(0.5);
  const period = f32.mul(length, f32.const(2));
  const phase = f.local('f32', f32.add(position, half));
  f.set(phase, f32.sub(phase, f32.mul(period, f32.floor(f32.div(phase, period)))));
  f.set(position, f32.sub(f32.min(phase, f32.sub(period, phase)), half));
}

/** TensorFlow counts periods of one pixel less than it moves by. */
function wrap(f: FunctionBuilder, position: Local<'f32'>, length: Local<'f32'>): void {
  const periods = f.local('f32', f32.trunc(f32.div(position, f32.sub(length, f32.const(1)))));
  f.if(f32.lt(position, f32.const(0)), () => f.set(periods, f32.sub(periods, f32.const(1))));
  f.set(position, f32.sub(position, f32.mul(length, periods)));
}
