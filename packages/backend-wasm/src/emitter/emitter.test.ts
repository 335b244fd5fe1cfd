import { describe, expect, it } from 'vitest';
import { signed, unsigned } from './bytes.ts';
import { f32, f32x4, f64, f64x2, i8x16, i32, i32x4, ModuleBuilder, v128 } from './index.ts';

function instantiate(module: ModuleBuilder) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.finish()), { env: { memory } });
  return {
    floats: new Float32Array(memory.buffer),
    doubles: new Float64Array(memory.buffer),
    integers: new Int32Array(memory.buffer),
    bytes: new Uint8Array(memory.buffer),
    run: exports as Record<string, (...args: readonly number[]) => number>,
  };
}

/** Runs one vector expression on two vectors at 0 and 16; the result is at 32. */
function onVectors(
  make: (a: ReturnType<typeof v128.load>, b: ReturnType<typeof v128.load>) => ReturnType<typeof v128.load>,
) {
  const module = new ModuleBuilder();
  module.function('run', {}, (f) => {
    const at = (address: number) => v128.load(i32.const(address));
    f.do(v128.store(i32.const(32), make(at(0), at(16))));
  });
  return instantiate(module);
}

describe('numbers', () => {
  it('are encoded in LEB128', () => {
    expect(unsigned(0)).toEqual([0]);
    expect(unsigned(624485)).toEqual([0xe5, 0x8e, 0x26]);
    expect(unsigned(2 ** 32 - 1)).toEqual([0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(signed(-123456)).toEqual([0xc0, 0xbb, 0x78]);
    expect(signed(63)).toEqual([63]);
    expect(signed(64)).toEqual([0xc0, 0]);
    expect(signed(-(2 ** 31))).toEqual([0x80, 0x80, 0x80, 0x80, 0x78]);
  });

  it.each([0, 1, -1, 63, 64, -64, -65, 2 ** 31 - 1, -(2 ** 31)])('of 32 bits come through as %d', (value) => {
    const module = new ModuleBuilder();
    module.function('value', {}, () => i32.const(value));
    expect(instantiate(module).run.value?.()).toBe(value);
  });

  it.each([0, -0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** -149])('with a point come through as %d', (value) => {
    const module = new ModuleBuilder();
    module.function('single', {}, () => f32.const(value));
    module.function('double', {}, () => f64.const(value));
    const { run } = instantiate(module);
    expect(run.single?.()).toBe(value);
    expect(run.double?.()).toBe(value);
  });
});

describe('functions', () => {
  it('take parameters, call each other and keep variables', () => {
    const module = new ModuleBuilder();
    const square = module.function('square', { x: 'f32' }, (_, { x }) => f32.mul(x, x));
    module.function('hypotenuse', { a: 'f32', b: 'f32' }, (f, { a, b }) => {
      const sum = f.local('f32', f32.add(square.call(a), square.call(b)));
      return f32.sqrt(sum);
    });
    expect(instantiate(module).run.hypotenuse?.(3, 4)).toBe(5);
  });

  it('count in loops, which may be empty', () => {
    const module = new ModuleBuilder();
    module.function('sum', { from: 'i32', below: 'i32', step: 'i32' }, (f, { from, below, step }) => {
      const [i, total] = [f.local('i32'), f.local('i32')];
      f.loop(i, { from, below, step }, () => f.increase(total, i));
      return total;
    });
    const { run } = instantiate(module);
    expect(run.sum?.(0, 10, 3)).toBe(18);
    expect(run.sum?.(5, 5, 1)).toBe(0);
    expect(run.sum?.(7, 5, 1)).toBe(0);
    expect(run.sum?.(-3, 1, 1)).toBe(-6);
  });

  it('run code several times without a loop', () => {
    const module = new ModuleBuilder();
    module.function('power', { x: 'f32' }, (f, { x }) => {
      const product = f.local('f32', f32.const(1));
      f.unrolled(5, () => f.set(product, f32.mul(product, x)));
      f.unrolled(1, () => f.set(product, f32.neg(product)));
      return product;
    });
    expect(instantiate(module).run.power?.(3)).toBe(-243);
  });

  it('repeat, choose and return early', () => {
    const module = new ModuleBuilder();
    module.function('digits', { value: 'i32' }, (f, { value }) => {
      f.if(i32.eqz(value), () => f.return(i32.const(1)));
      const count = f.local('i32');
      f.while(value, () => {
        f.set(value, i32.divU(value, i32.const(10)));
        f.increase(count, 1);
      });
      const result = f.local('i32');
      f.if(
        i32.gtS(count, i32.const(3)),
        () => f.set(result, i32.const(-1)),
        () => f.set(result, count),
      );
      return result;
    });
    const { run } = instantiate(module);
    expect([0, 7, 42, 999, 1000].map((value) => run.digits?.(value))).toEqual([1, 1, 2, 3, -1]);
  });

  it('have names of their own', () => {
    const module = new ModuleBuilder();
    module.function('f', {}, () => {});
    expect(() => module.function('f', {}, () => {})).toThrow('The module has a function "f" already.');
  });
});

describe('constants', () => {
  it('are made once for a function, and have their value everywhere', () => {
    const module = new ModuleBuilder();
    module.function('run', { n: 'i32' }, (f, { n }) => {
      const [i, total] = [f.local('i32'), f.local('i32')];
      f.loop(i, { below: n }, () => f.increase(total, f.constant(i32.const(7))));
      expect(f.constant(i32.const(7))).toBe(f.constant(i32.const(7)));
      return i32.add(total, f.constant(i32.const(1000)));
    });
    expect(instantiate(module).run.run?.(3)).toBe(1021);
  });
});

describe('memory', () => {
  it('is read and written in words, bytes and blocks', () => {
    const module = new ModuleBuilder();
    module.function('run', {}, (f) => {
      f.do(
        i32.store(i32.const(0), i32.const(-2)),
        i32.store8(i32.const(4), i32.load8(i32.const(0))),
        f32.store(i32.const(8), f32.fromI32(i32.load(i32.const(0)))),
        f64.store(i32.const(16), f64.fromF32(f32.load(i32.const(8)))),
        i32.copyMemory(i32.const(24), i32.const(16), i32.const(8)),
        i32.fillMemory(i32.const(32), i32.const(7), i32.const(3)),
      );
    });
    const { run, integers, bytes, floats, doubles } = instantiate(module);
    run.run?.();
    expect(integers[0]).toBe(-2);
    expect(bytes[4]).toBe(254);
    expect(floats[2]).toBe(-2);
    expect([doubles[2], doubles[3]]).toEqual([-2, -2]);
    expect([...bytes.slice(32, 36)]).toEqual([7, 7, 7, 0]);
  });
});

describe('vectors', () => {
  it('compute in four lanes', () => {
    const { run, floats } = onVectors((a, b) => f32x4.add(f32x4.mul(a, b), f32x4.const(0.5)));
    floats.set([1, 2, 3, 4, 10, 20, 30, 40]);
    run.run?.();
    expect([...floats.slice(8, 12)]).toEqual([10.5, 40.5, 90.5, 160.5]);
  });

  it('choose the second of pmin and pmax only where it is truly less or more', () => {
    const { run, floats } = onVectors((a, b) => f32x4.pmin(f32x4.pmax(a, b), f32x4.const(3)));
    floats.set([Number.NaN, 1, 5, -1, 0, 2, 0, 0]);
    run.run?.();
    expect([...floats.slice(8, 12)]).toEqual([Number.NaN, 2, 3, 0]);
  });

  it('select by masks, shift and convert', () => {
    const { run, integers, floats } = onVectors((a, b) =>
      v128.select(f32x4.lt(a, b), i32x4.shl(i32x4.fromF32x4(b), i32.const(1)), i32x4.const(-1)),
    );
    floats.set([1, 2, 3, 4, 2.5, 1, 9.9, Number.NaN]);
    run.run?.();
    expect([...integers.slice(8, 12)]).toEqual([4, -1, 18, -1]);
  });

  it('exchange lanes of words', () => {
    const { run, integers } = onVectors((a, b) => i8x16.shuffle32(a, b, [3, 0, 4, 7]));
    integers.set([10, 11, 12, 13, 20, 21, 22, 23]);
    run.run?.();
    expect([...integers.slice(8, 12)]).toEqual([13, 10, 20, 23]);
  });

  it('compute in two lanes of doubles', () => {
    const { run, floats } = onVectors((a) => f32x4.fromF64x2(f64x2.div(f64x2.fromLowF32x4(a), f64x2.const(3))));
    floats.set([1, 2, 3, 4]);
    run.run?.();
    expect([...floats.slice(8, 12)]).toEqual([Math.fround(1 / 3), Math.fround(2 / 3), 0, 0]);
  });

  it('narrow truth values to bytes and widen them again', () => {
    const { run, integers } = onVectors((a) => {
      const words = i8x16.narrow32(a, a);
      return i32x4.fromLowU16(i8x16.extendLow(i8x16.narrow(words, words)));
    });
    integers.set([0, 1, 255, 300]);
    run.run?.();
    expect([...integers.slice(8, 12)]).toEqual([0, 1, 255, 255]);
  });

  it('narrow masks to bytes', () => {
    const { run, integers } = onVectors((a) => {
      const words = i8x16.narrow32(a, a);
      return i8x16.narrowS(words, words);
    });
    integers.set([0, -1, -300, 300]);
    run.run?.();
    expect([...integers.slice(8, 12)]).toEqual(new Array(4).fill(0x7f80ff00));
  });

  it('write and read single lanes', () => {
    const module = new ModuleBuilder();
    module.function('run', {}, (f) => {
      const four = f.local('v128', v128.load(i32.const(0)));
      f.do(
        v128.store32Lane(2, i32.const(64), four),
        v128.store64Lane(1, i32.const(72), four),
        v128.store(i32.const(80), v128.load32Splat(i32.const(4))),
        v128.store(i32.const(96), v128.load64Zero(i32.const(0))),
      );
    });
    const { run, integers } = instantiate(module);
    integers.set([1, 2, 3, 4]);
    run.run?.();
    expect([...integers.slice(16, 28)]).toEqual([3, 0, 3, 4, 2, 2, 2, 2, 1, 2, 0, 0]);
  });
});
