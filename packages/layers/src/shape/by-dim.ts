import { ValueError } from '@sonnetjs/core';

/**
 * Checks the lists of a module that does something along some dimensions: integers, none of them twice, and as many
 * numbers in each other list.
 *
 * @throws ValueError when they are not.
 */
export function checkDims(
  className: string,
  dims: readonly number[],
  others: Readonly<Record<string, readonly number[]>>,
): void {
  for (const [name, list] of Object.entries({ dims, ...others })) {
    if (!Array.isArray(list) || !list.every(Number.isSafeInteger)) {
      throw new ValueError(`${className}: ${name} must be an array of integers; got ${String(list)}.`);
    }
  }
  if (new Set(dims).size !== dims.length) {
    throw new ValueError(`${className}: dims must not have any repeated integers; got [${dims.join(', ')}].`);
  }
  for (const [name, list] of Object.entries(others)) {
    if (list.length === dims.length) continue;
    throw new ValueError(
      `${className}: ${name} must have the same length as dims: ${dims.length}; got [${list.join(', ')}].`,
    );
  }
}

/**
 * The dimensions of a tensor that a module's `dims` name, negative ones counted from the end.
 *
 * @throws ValueError when the tensor does not have one of them, or two of them are the same.
 */
export function resolveDims(where: string, dims: readonly number[], shape: readonly number[]): number[] {
  const rank = shape.length;
  const least = Math.max(0, ...dims.map((dim) => (dim < 0 ? -dim : dim + 1)));
  if (rank < least) {
    throw new ValueError(
      `${where}: the rank of inputs must be at least ${least}, for dims [${dims.join(', ')}]; got [${shape.join(', ')}].`,
    );
  }
  const resolved = dims.map((dim) => (dim < 0 ? dim + rank : dim));
  if (new Set(resolved).size === dims.length) return resolved;
  throw new ValueError(
    `${where}: dims [${dims.join(', ')}] name a dimension of the inputs [${shape.join(', ')}] twice.`,
  );
}
