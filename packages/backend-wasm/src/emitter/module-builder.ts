import { ByteBuffer } from './byte-buffer.ts';
import { text, unsigned, vector } from './bytes.ts';
import { type Expression, type Local, operation, typeCodes, type ValueType } from './expression.ts';
import { FunctionBuilder, localAt } from './function-builder.ts';

/** The parameters of a function: names and types, in their order. */
export type Parameters = Readonly<Record<string, ValueType>>;

/** Parameters as the body sees them. */
export type ParameterLocals<P extends Parameters> = { readonly [K in keyof P]: Local<P[K]> };

/** A finished function that other functions of the module can call. */
export interface FunctionReference<R extends ValueType | 'none'> {
  readonly name: string;
  /** Code that calls it with the arguments in their order. */
  call(...args: readonly Expression<ValueType>[]): Expression<R>;
}

interface FinishedFunction {
  readonly name: string;
  readonly type: readonly number[];
}

/**
 * Builds a WebAssembly module whose functions work on a memory that is imported as `env.memory`. Every function is exported
 * under its name.
 */
export class ModuleBuilder {
  readonly #functions: FinishedFunction[] = [];
  readonly #names = new Set<string>();
  /** The bodies of the functions. */
  readonly #bodies = new ByteBuffer(1 << 12);
  readonly #relaxed: boolean;

  /** @param relaxed Whether the code may use relaxed SIMD. */
  constructor(relaxed = false) {
    this.#relaxed = relaxed;
  }

  /**
   * Adds a function.
   *
   * @param name Its name, unique in the module.
   * @param parameters Its parameters.
   * @param body Writes its code; an expression that it returns is the function's result.
   * @throws Error when the name is taken.
   */
  function<P extends Parameters, R extends ValueType>(
    name: string,
    parameters: P,
    body: (f: FunctionBuilder, locals: ParameterLocals<P>) => Expression<R>,
  ): FunctionReference<R>;
  function<P extends Parameters>(
    name: string,
    parameters: P,
    body: (f: FunctionBuilder, locals: ParameterLocals<P>) => void,
  ): FunctionReference<'none'>;
  function<P extends Parameters>(
    name: string,
    parameters: P,
    // biome-ignore lint/suspicious/noConfusingVoidType: a body without a result returns nothing.
    body: (f: FunctionBuilder, locals: ParameterLocals<P>) => Expression<ValueType> | void,
  ): FunctionReference<ValueType | 'none'> {
    if (this.#names.has(name)) throw new Error(`The module has a function ${JSON.stringify(name)} already.`);
    this.#names.add(name);
    const types = Object.values(parameters);
    const builder = new FunctionBuilder(types.length, this.#relaxed);
    const locals = Object.fromEntries(Object.keys(parameters).map((key, i) => [key, localAt(types[i] ?? 'i32', i)]));
    const result = body(builder, locals as unknown as ParameterLocals<P>) ?? undefined;
    const results = result === undefined ? [] : [[typeCodes[result.type]]];
    const type = [0x60, ...vector(types.map((t) => [typeCodes[t]])), ...vector(results)];
    const index = this.#functions.length;
    this.#functions.push({ name, type });
    builder.finish(result, this.#bodies);
    return {
      name,
      call: (...args) => operation(result?.type ?? 'none', args, [0x10, ...unsigned(index)]),
    };
  }

  /** The module in WebAssembly's binary format. */
  finish(): Uint8Array<ArrayBuffer> {
    const all = this.#functions;
    const module = new ByteBuffer(this.#bodies.length + 64 * (all.length + 1));
    module.append([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    const section = (id: number, items: readonly (readonly number[])[]): void => {
      const content = vector(items);
      module.append([id, ...unsigned(content.length)]);
      module.append(content);
    };
    section(
      1,
      all.map(({ type }) => type),
    );
    section(2, [[...text('env'), ...text('memory'), 0x02, 0x00, 0x01]]);
    section(
      3,
      all.map((_, index) => unsigned(index)),
    );
    section(
      7,
      all.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]),
    );
    const count = unsigned(all.length);
    module.append([10, ...unsigned(count.length + this.#bodies.length), ...count]);
    module.appendBuffer(this.#bodies);
    return module.written();
  }
}
