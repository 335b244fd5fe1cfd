const mostRemembered = 256;

/**
 * Remembers what was planned for shapes and attributes: tfjs's arithmetic on them takes longer than a small kernel. The numbers
 * that a plan depends on go to `numbers`, all of them, before it is asked for.
 */
export class Plans<T> {
  readonly numbers: number[];
  readonly #remembered = new Map<number, { readonly from: readonly number[]; readonly plan: T }>();

  /** @param count How many numbers a plan depends on. */
  constructor(count: number) {
    this.numbers = new Array<number>(count).fill(0);
  }

  /** The plan for the numbers, made now if it is not known. */
  find(make: () => T): T {
    const { numbers } = this;
    let hash = 0;
    for (let i = 0; i < numbers.length; i++) hash = (Math.imul(hash, 31) + (numbers[i] as number)) | 0;
    const known = this.#remembered.get(hash);
    if (known !== undefined && areEqual(known.from, numbers)) return known.plan;
    const plan = make();
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    this.#remembered.set(hash, { from: [...numbers], plan });
    return plan;
  }

  /** Puts as many numbers of a list in their place, or one number as often. */
  set(at: number, count: number, values: number | readonly number[]): void {
    const { numbers } = this;
    for (let i = 0; i < count; i++) numbers[at + i] = typeof values === 'number' ? values : (values[i] as number);
  }
}

/** A padding as two numbers that a plan depends on. */
export function numbersOfPadding(pad: string | number): readonly [kind: number, width: number] {
  if (typeof pad === 'number') return [0, pad];
  return [pad === 'same' ? 1 : pad === 'valid' ? 2 : 3, 0];
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
