import {
  type FunctionBuilder,
  type I32,
  i8x16,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../emitter/index.ts';

const parameters = {
  source: 'i32',
  target: 'i32',
  n1: 'i32',
  n2: 'i32',
  n3: 'i32',
  n4: 'i32',
  s1: 'i32',
  s2: 'i32',
  s3: 'i32',
  s4: 'i32',
  t1: 'i32',
  t2: 'i32',
  t3: 'i32',
  t4: 'i32',
} as const;

/** Runs of so many bytes are worth the call of the engine's own copy. */
const longRun = 512;

/**
 * Adds the functions that copy elements of 4 or 1 bytes from one grid of four axes to another. `n` are the lengths of the
 * axes, `s` and `t` how many bytes apart neighbours are in the source (0: the same again; negative: backwards) and in the target.
 *
 * - `copyGrid/4`, `copyGrid/1`: any grid, fastest where the last axis is dense in the target.
 * - `transposeGrid`: elements of 4 bytes where the third axis is dense in the source and the fourth in the target.
 */
export function emitCopyGrid(module: ModuleBuilder): void {
  for (const size of [4, 1] as const) {
    module.function(`copyGrid/${size}`, parameters, (f, locals) => {
      const { n4, s4, t4 } = locals;
      walkRows(f, locals, 3, (source, target) => {
        const dense = i32.and(i32.eq(s4, i32.const(size)), i32.eq(t4, i32.const(size)));
        f.if(
          dense,
          () => copyRun(f, source, target, size === 4 ? i32.shl(n4, i32.const(2)) : n4, size),
          () => (size === 4 ? copyApart(f, locals, source, target) : copySingly(f, locals, source, target, size)),
        );
      });
    });
  }
  module.function('transposeGrid', parameters, (f, locals) => {
    walkRows(f, locals, 2, (source, target) => transposePlane(f, locals, source, target));
  });
}

type GridLocals = { readonly [K in keyof typeof parameters]: Local<'i32'> };

/** Runs the body for every row (three outer axes) or plane (two outer axes) with the addresses where it begins. */
function walkRows(
  f: FunctionBuilder,
  locals: GridLocals,
  axes: 2 | 3,
  body: (source: Local<'i32'>, target: Local<'i32'>) => void,
): void {
  const { source, target, n1, n2, n3, s1, s2, s3, t1, t2, t3 } = locals;
  const outer = [
    { n: n1, s: s1, t: t1 },
    { n: n2, s: s2, t: t2 },
    { n: n3, s: s3, t: t3 },
  ].slice(0, axes);
  const descend = (level: number, from: Local<'i32'>, to: Local<'i32'>): void => {
    const axis = outer[level];
    if (axis === undefined) {
      body(from, to);
      return;
    }
    const [i, inFrom, inTo] = [f.local('i32'), f.local('i32'), f.local('i32')];
    f.set(inFrom, from);
    f.set(inTo, to);
    f.loop(i, { below: axis.n }, () => {
      descend(level + 1, inFrom, inTo);
      f.increase(inFrom, axis.s);
      f.increase(inTo, axis.t);
    });
  };
  descend(0, source, target);
}

/** Copies bytes, a multiple of the element size, that are dense in both places. */
export function copyRun(f: FunctionBuilder, source: I32, target: I32, bytes: I32, size: 1 | 4): void {
  const length = f.local('i32', bytes);
  const i = f.local('i32');
  const [from, to] = [i32.add(source, i), i32.add(target, i)];
  f.if(
    i32.geU(length, i32.const(longRun)),
    () => f.do(i32.copyMemory(target, source, length)),
    () => {
      const whole = f.local('i32', i32.and(length, i32.const(-16)));
      f.loop(i, { below: whole, step: 16 }, () => f.do(v128.store(to, v128.load(from))));
      f.loop(i, { from: whole, below: length, step: size }, () => f.do(copyElement(from, to, size)));
    },
  );
}

function copyElement(source: I32, target: I32, size: 1 | 4) {
  return size === 4 ? i32.store(target, i32.load(source)) : i32.store8(target, i32.load8(source));
}

/** Copies a row whose elements are apart in a place: one element again and again, a row backwards, or any other. */
function copyApart(f: FunctionBuilder, locals: GridLocals, source: Local<'i32'>, target: Local<'i32'>): void {
  const { n4, s4, t4 } = locals;
  const i = f.local('i32');
  const whole = f.local('i32', i32.and(n4, i32.const(-4)));
  const to = i32.add(target, i32.shl(i, i32.const(2)));
  const rest = (): void =>
    f.loop(i, { from: whole, below: n4 }, () => f.do(i32.store(to, i32.load(elementAt(source, i, s4)))));
  const dense = i32.eq(t4, i32.const(4));
  f.if(
    i32.and(dense, i32.eqz(s4)),
    () => {
      f.loop(i, { below: whole, step: 4 }, () => f.do(v128.store(to, v128.load32Splat(source))));
      rest();
    },
    () =>
      f.if(
        i32.and(dense, i32.eq(s4, i32.const(-4))),
        () => {
          f.loop(i, { below: whole, step: 4 }, () => {
            const four = v128.load(i32.sub(i32.sub(source, i32.shl(i, i32.const(2))), i32.const(12)));
            f.do(v128.store(to, i8x16.shuffle32(four, four, [3, 2, 1, 0])));
          });
          rest();
        },
        () => copySingly(f, locals, source, target, 4),
      ),
  );
}

function copySingly(f: FunctionBuilder, locals: GridLocals, source: I32, target: I32, size: 1 | 4): void {
  const [i, from, to] = [f.local('i32'), f.local('i32'), f.local('i32')];
  f.set(from, source);
  f.set(to, target);
  f.loop(i, { below: locals.n4 }, () => {
    f.do(copyElement(from, to, size));
    f.increase(from, locals.s4);
    f.increase(to, locals.t4);
  });
}

function elementAt(base: I32, index: I32, stride: I32): I32 {
  return i32.add(base, i32.mul(index, stride));
}

/** How many columns are written before going on to the next rows: one cache line of the target. */
const columnsAtOnce = 16;

/** Transposes a plane in blocks of 4 × 4, row r (dense in the source) and column c (dense in the target). */
function transposePlane(f: FunctionBuilder, locals: GridLocals, source: Local<'i32'>, target: Local<'i32'>): void {
  const { n3, n4, s4, t3 } = locals;
  const [r, c, block, end] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
  const rows = f.local('i32', i32.and(n3, i32.const(-4)));
  const columns = f.local('i32', i32.and(n4, i32.const(-4)));
  const from = (row: I32, column: I32): I32 => i32.add(elementAt(source, column, s4), i32.shl(row, i32.const(2)));
  const to = (row: I32, column: I32): I32 => i32.add(elementAt(target, row, t3), i32.shl(column, i32.const(2)));
  f.loop(block, { below: columns, step: columnsAtOnce }, () => {
    const last = i32.add(block, i32.const(columnsAtOnce));
    f.set(end, i32.select(i32.ltS(last, columns), last, columns));
    f.loop(r, { below: rows, step: 4 }, () => {
      f.loop(c, { from: block, below: end, step: 4 }, () => transposeBlock(f, from(r, c), to(r, c), s4, t3));
    });
  });
  const singles = (fromColumn: I32): void =>
    f.loop(c, { from: fromColumn, below: n4 }, () => f.do(i32.store(to(r, c), i32.load(from(r, c)))));
  f.loop(r, { below: rows }, () => singles(columns));
  f.loop(r, { from: rows, below: n3 }, () => singles(i32.const(0)));
}

function transposeBlock(f: FunctionBuilder, source: I32, target: I32, sourceStep: I32, targetStep: I32): void {
  const [from, to] = [f.local('i32', source), f.local('i32', target)];
  const loaded = [0, 1, 2, 3].map(() => {
    const four = f.local('v128', v128.load(from));
    f.increase(from, sourceStep);
    return four;
  });
  const [a, b, c, d] = loaded as [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>];
  const ab = f.local('v128', i8x16.shuffle32(a, b, [0, 4, 1, 5]));
  const cd = f.local('v128', i8x16.shuffle32(c, d, [0, 4, 1, 5]));
  const abHigh = f.local('v128', i8x16.shuffle32(a, b, [2, 6, 3, 7]));
  const cdHigh = f.local('v128', i8x16.shuffle32(c, d, [2, 6, 3, 7]));
  for (const [x, y, lanes] of [
    [ab, cd, [0, 1, 4, 5]],
    [ab, cd, [2, 3, 6, 7]],
    [abHigh, cdHigh, [0, 1, 4, 5]],
    [abHigh, cdHigh, [2, 3, 6, 7]],
  ] as const) {
    f.do(v128.store(to, i8x16.shuffle32(x, y, lanes)));
    f.increase(to, targetStep);
  }
}
