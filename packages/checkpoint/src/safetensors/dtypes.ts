/** The dtypes of the format that this package knows, in the order in which writers put tensors: the last ones first. */
const dtypes: Readonly<Record<string, string>> = {
  BOOL: 'bool',
  U8: 'uint8',
  I8: 'int8',
  F8_E5M2: 'float8_e5m2',
  F8_E4M3: 'float8_e4m3',
  I16: 'int16',
  U16: 'uint16',
  F16: 'float16',
  BF16: 'bfloat16',
  I32: 'int32',
  U32: 'uint32',
  F32: 'float32',
  C64: 'complex64',
  F64: 'float64',
  I64: 'int64',
  U64: 'uint64',
};

const spellings: ReadonlyMap<string, string> = new Map(Object.entries(dtypes));
const names: ReadonlyMap<string, string> = new Map(Object.entries(dtypes).map(([spelling, name]) => [name, spelling]));
const ranks: ReadonlyMap<string, number> = new Map(Object.values(dtypes).map((name, i) => [name, i]));

/** `float32` for `F32`; undefined for what is none. */
export function dtypeOfSpelling(spelling: string): string | undefined {
  return spellings.get(spelling);
}

/** `F32` for `float32`; undefined for a dtype that the format does not have. */
export function spellingOf(dtype: string): string | undefined {
  return names.get(dtype);
}

/** The place of a dtype in the order of tensors: those with a higher one come first in a file. */
export function rankOf(dtype: string): number {
  return ranks.get(dtype) ?? -1;
}
