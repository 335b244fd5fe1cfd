import { type FunctionBuilder, f32, type I32, i32, type Local, type ModuleBuilder } from '../../emitter/index.ts';

/** The name of the function that {@link emitDirect} adds. */
export const direct = 'convolution/direct';

/** The numbers of a table that say how one axis is walked; distances are in bytes. */
export const axisFields = [
  'length',
  'before',
  'windows',
  'stride',
  'taps',
  'dilation',
  'xStep',
  'filterStep',
  'outputStep',
] as const;

/** The numbers of a table behind those of its three axes. */
export const otherFields = [
  'items',
  'itemX',
  'itemOutput',
  'summands',
  'summandX',
  'summandFilter',
  'columns',
  'columnFilter',
] as const;

type Field = (typeof axisFields)[number] | (typeof otherFields)[number];

/** The bytes of a table. */
export const tableBytes: number = 4 * (3 * axisFields.length + otherFields.length);

/**
 * Adds a function that goes through windows, their taps and what is summed one by one. It takes many times as long for an element as a
 * product of matrices, which takes much longer to begin.
 */
export function emitDirect(module: ModuleBuilder): void {
  const parameters = {
    table: 'i32',
    x: 'i32',
    filter: 'i32',
    output: 'i32',
    start: 'i32',
    startRow: 'i32',
    startColumn: 'i32',
  } as const;
  module.function(direct, parameters, (f, { table, x, filter, output, start, startRow, startColumn }) => {
    const fields = new Fields(f, table);
    const [item, column, from] = [f.local('i32'), f.local('i32'), f.local('i32')];
    const sum = f.local('f32');
    f.loop(item, { below: fields.get('items') }, () => {
      forWindows(f, fields, output, (target, origins) => {
        f.set(from, start);
        f.loop(column, { below: fields.get('columns') }, () => {
          f.set(sum, f32.load(from));
          const columnFilter = i32.add(filter, i32.mul(column, fields.get('columnFilter')));
          forTaps(f, fields, origins, x, columnFilter, (at, by) => addProducts(f, fields, at, by, sum));
          f.do(f32.store(i32.add(target, i32.shl(column, i32.const(2))), sum));
          f.increase(from, startColumn);
        });
        f.increase(start, startRow);
      });
      f.increase(x, fields.get('itemX'));
      f.increase(output, fields.get('itemOutput'));
    });
  });
}

/** The numbers of a table in variables. */
class Fields {
  readonly #locals: readonly Local<'i32'>[];

  constructor(f: FunctionBuilder, table: I32) {
    this.#locals = Array.from({ length: tableBytes / 4 }, (_, i) => f.local('i32', i32.load(table, 4 * i)));
  }

  get(field: Field, axis = 0): Local<'i32'> {
    const ofAxis = axisFields.indexOf(field as (typeof axisFields)[number]);
    const other = otherFields.indexOf(field as (typeof otherFields)[number]);
    const index = ofAxis >= 0 ? axis * axisFields.length + ofAxis : 3 * axisFields.length + other;
    return this.#locals[index] as Local<'i32'>;
  }
}

type Origins = readonly Local<'i32'>[];

/** Runs code for every window: gets where its results go, and the position of its first tap along each axis. */
function forWindows(
  f: FunctionBuilder,
  fields: Fields,
  output: I32,
  body: (target: Local<'i32'>, origins: Origins) => void,
): void {
  const origins = [f.local('i32'), f.local('i32'), f.local('i32')];
  const walk = (axis: number, outer: I32): void => {
    const [window, at] = [f.local('i32'), f.local('i32', outer)];
    const origin = origins[axis] as Local<'i32'>;
    f.set(origin, i32.sub(i32.const(0), fields.get('before', axis)));
    f.loop(window, { below: fields.get('windows', axis) }, () => {
      if (axis === 2) body(at, origins);
      else walk(axis + 1, at);
      f.increase(at, fields.get('outputStep', axis));
      f.increase(origin, fields.get('stride', axis));
    });
  };
  walk(0, output);
}

/** Runs code for every tap that lies on the input: gets where it is in the input and in the filter. */
function forTaps(
  f: FunctionBuilder,
  fields: Fields,
  origins: Origins,
  x: I32,
  filter: I32,
  body: (at: I32, by: I32) => void,
): void {
  const walk = (axis: number, outerX: I32, outerFilter: I32): void => {
    const [tap, position, by] = [f.local('i32'), f.local('i32', origins[axis] as I32), f.local('i32', outerFilter)];
    f.loop(tap, { below: fields.get('taps', axis) }, () => {
      // As an unsigned number a position before the input lies behind it.
      f.if(i32.ltU(position, fields.get('length', axis)), () => {
        const at = f.local('i32', i32.add(outerX, i32.mul(position, fields.get('xStep', axis))));
        if (axis === 2) body(at, by);
        else walk(axis + 1, at, by);
      });
      f.increase(position, fields.get('dilation', axis));
      f.increase(by, fields.get('filterStep', axis));
    });
  };
  walk(0, x, filter);
}

function addProducts(f: FunctionBuilder, fields: Fields, at: I32, by: I32, sum: Local<'f32'>): void {
  const [k, left, right] = [f.local('i32'), f.local('i32', at), f.local('i32', by)];
  f.loop(k, { below: fields.get('summands') }, () => {
    f.set(sum, f32.add(sum, f32.mul(f32.load(left), f32.load(right))));
    f.increase(left, fields.get('summandX'));
    f.increase(right, fields.get('summandFilter'));
  });
}
