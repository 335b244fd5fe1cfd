import { type FunctionBuilder, i8x16, i32, type Local, type ModuleBuilder, v128 } from '../../emitter/index.ts';

const parameters = { input: 'i32', output: 'i32', outer: 'i32', reduced: 'i32', inner: 'i32' } as const;
type Locals = { readonly [K in keyof typeof parameters]: Local<'i32'> };

/** Adds `All/bool` and `Any/bool`, which reduce the middle axis of truth values [outer, reduced, inner], a byte each. */
export function emitTruthReductions(module: ModuleBuilder): void {
  for (const kind of ['All', 'Any'] as const) {
    module.function(`${kind}/bool`, parameters, (f, locals) => {
      const { input, output, outer, reduced, inner } = locals;
      const i = f.local('i32');
      f.loop(i, { below: outer }, () => {
        f.if(
          i32.eq(inner, i32.const(1)),
          () => reduceRow(f, locals, kind),
          () => reduceColumns(f, locals, kind),
        );
        f.increase(input, i32.mul(reduced, inner));
        f.increase(output, inner);
      });
    });
  }
}

/** Stops at the first value that decides: one that is false for `All`, one that is true for `Any`. */
function reduceRow(f: FunctionBuilder, { input, output, reduced }: Locals, kind: 'All' | 'Any'): void {
  const [k, decided] = [f.local('i32'), f.local('i32')];
  const whole = f.local('i32', i32.and(reduced, i32.const(-16)));
  const at = i32.add(input, k);
  f.set(k, i32.const(0));
  f.set(decided, i32.const(0));
  f.while(i32.and(i32.ltS(k, whole), i32.eqz(decided)), () => {
    const sixteen = v128.load(at);
    f.set(decided, kind === 'All' ? i32.eqz(i8x16.allTrue(sixteen)) : v128.anyTrue(sixteen));
    f.increase(k, 16);
  });
  f.while(i32.and(i32.ltS(k, reduced), i32.eqz(decided)), () => {
    f.set(decided, kind === 'All' ? i32.eqz(i32.load8(at)) : i32.ne(i32.load8(at), i32.const(0)));
    f.increase(k, 1);
  });
  f.do(i32.store8(output, kind === 'All' ? i32.eqz(decided) : decided));
}

/** Joins rows, eight at once as long as there are so many, with a row of results. */
function reduceColumns(f: FunctionBuilder, locals: Locals, kind: 'All' | 'Any'): void {
  const { input, output, reduced, inner } = locals;
  const row = f.local('i32');
  const from = f.local('i32', input);
  f.do(i32.fillMemory(output, i32.const(kind === 'All' ? 1 : 0), inner));
  f.set(row, i32.const(0));
  for (const rows of [8, 1] as const) {
    f.loop(row, { from: row, below: i32.and(reduced, i32.const(-rows)), step: rows }, () => {
      joinRows(f, { from, output, inner }, kind, rows);
      f.increase(from, i32.mul(inner, i32.const(rows)));
    });
  }
}

type Rows = Pick<Locals, 'output' | 'inner'> & { readonly from: Local<'i32'> };

function joinRows(f: FunctionBuilder, { from, output, inner }: Rows, kind: 'All' | 'Any', rows: 8 | 1): void {
  const [k, at] = [f.local('i32'), f.local('i32')];
  const joined = f.local('v128');
  const whole = f.local('i32', i32.and(inner, i32.const(-16)));
  const target = i32.add(output, k);
  const downRows = (take: () => void): void => {
    f.set(at, i32.add(from, k));
    for (let row = 0; row < rows; row++) {
      if (row > 0) f.increase(at, inner);
      take();
    }
  };
  f.loop(k, { below: whole, step: 16 }, () => {
    f.set(joined, v128.load(target));
    // Of truth values, which may be any byte, the smallest is 0 if one of them is.
    const join = kind === 'All' ? i8x16.minU : v128.or;
    downRows(() => f.set(joined, join(joined, v128.load(at))));
    f.do(v128.store(target, v128.and(i8x16.ne(joined, i8x16.const(0)), i8x16.const(1))));
  });
  f.loop(k, { from: whole, below: inner }, () => {
    downRows(() => {
      const [before, isTrue] = [i32.load8(target), i32.ne(i32.load8(at), i32.const(0))];
      f.do(i32.store8(target, kind === 'All' ? i32.and(before, isTrue) : i32.or(before, isTrue)));
    });
  });
}
