import {
  type FunctionBuilder,
  type I32,
  i8x16,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../emitter/index.ts';

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

function reduceColumns(f: FunctionBuilder, { input, output, reduced, inner }: Locals, kind: 'All' | 'Any'): void {
  const [row, k] = [f.local('i32'), f.local('i32')];
  const from = f.local('i32', input);
  f.do(i32.fillMemory(output, i32.const(kind === 'All' ? 1 : 0), inner));
  const whole = f.local('i32', i32.and(inner, i32.const(-16)));
  const [source, target] = [i32.add(from, k), i32.add(output, k)];
  const isTrue = (address: I32): I32 => i32.ne(i32.load8(address), i32.const(0));
  f.loop(row, { below: reduced }, () => {
    f.loop(k, { below: whole, step: 16 }, () => {
      const truths = v128.and(i8x16.ne(v128.load(source), i8x16.const(0)), i8x16.const(1));
      const joined = kind === 'All' ? v128.and(v128.load(target), truths) : v128.or(v128.load(target), truths);
      f.do(v128.store(target, joined));
    });
    f.loop(k, { from: whole, below: inner }, () => {
      const before = i32.load8(target);
      const joined = kind === 'All' ? i32.and(before, isTrue(source)) : i32.or(before, isTrue(source));
      f.do(i32.store8(target, joined));
    });
    f.increase(from, inner);
  });
}
