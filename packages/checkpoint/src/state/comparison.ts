import { CheckpointError, type Differences, type TensorSpec } from '../checkpoint-error.ts';
import { canBecome } from '../values/convert.ts';
import { describeTensor, type StoredTensor, sameShape } from '../values/stored-tensor.ts';

/** Whether a name may be missing or unexpected: all, none, or those for which a function says so. */
export type Allowance = boolean | ((name: string) => boolean);

/** The most lines about names of one kind in a message. */
const MAX_LINES = 20;

/** Compares what is to be restored with what a checkpoint has, name by name, and reports everything at once. */
export class Comparison {
  readonly #tensors: ReadonlyMap<string, StoredTensor>;
  readonly #used: Set<string> = new Set();
  readonly #missing: { name: string; expected: TensorSpec }[] = [];
  readonly #mismatched: { name: string; expected: TensorSpec; found: TensorSpec }[] = [];
  readonly #notes: string[] = [];

  constructor(tensors: ReadonlyMap<string, StoredTensor>) {
    this.#tensors = tensors;
  }

  /** The tensor of a name, or null when there is none that fits. */
  expect(name: string, expected: TensorSpec): StoredTensor | null {
    const stored = this.#tensors.get(name);
    if (stored === undefined) {
      this.expectedInVain(name, expected);
      return null;
    }
    this.#used.add(name);
    if (sameShape(stored.shape, expected.shape) && canBecome(stored.dtype, expected.dtype)) return stored;
    this.#mismatched.push({ name, expected: specOf(expected), found: specOf(stored) });
    return null;
  }

  /** Notes that the checkpoint lacks something. */
  expectedInVain(name: string, expected: TensorSpec): void {
    this.#missing.push({ name, expected: specOf(expected) });
  }

  /** Adds a line to the message, should there be one. */
  note(line: string): void {
    this.#notes.push(line);
  }

  /**
   * Ends the comparison.
   *
   * @param isOther Whether a name belongs to something that is not to be restored, and so is not unexpected.
   * @returns The names that are missing or unexpected, and may be.
   * @throws CheckpointError when others are, or anything does not match.
   */
  finish(
    allowMissing: Allowance,
    allowUnexpected: Allowance,
    isOther: (name: string) => boolean,
  ): { missing: string[]; unexpected: string[] } {
    const unexpected = [...this.#tensors]
      .filter(([name]) => !this.#used.has(name) && !isOther(name))
      .map(([name, stored]) => ({ name, found: specOf(stored) }));
    const differences: Differences = {
      missing: this.#missing.filter(({ name }) => !isAllowed(allowMissing, name)),
      unexpected: unexpected.filter(({ name }) => !isAllowed(allowUnexpected, name)),
      mismatched: this.#mismatched,
    };
    if (Object.values(differences).some((list) => list.length > 0)) {
      throw new CheckpointError(messageOf(differences, this.#notes), { differences });
    }
    return { missing: this.#missing.map(({ name }) => name), unexpected: unexpected.map(({ name }) => name) };
  }
}

function specOf({ dtype, shape }: TensorSpec): TensorSpec {
  return { dtype, shape: [...shape] };
}

function isAllowed(allowance: Allowance, name: string): boolean {
  return typeof allowance === 'function' ? allowance(name) : allowance;
}

function messageOf(differences: Differences, notes: readonly string[]): string {
  const { missing, unexpected, mismatched } = differences;
  const lines = [
    ...limited(
      'missing',
      missing.map(({ name, expected }) => `"${name}" should be ${describeTensor(expected)}; the checkpoint has none`),
    ),
    ...limited(
      'unexpected',
      unexpected.map(
        ({ name, found }) => `"${name}" is ${describeTensor(found)} in the checkpoint; here there is none`,
      ),
    ),
    ...limited(
      'mismatched',
      mismatched.map(({ name, expected, found }) => {
        return `"${name}" should be ${describeTensor(expected)}; in the checkpoint it is ${describeTensor(found)}`;
      }),
    ),
    ...notes,
    ...prefixHint(differences),
  ];
  return `The checkpoint does not fit; nothing was restored.\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function limited(kind: string, lines: readonly string[]): string[] {
  const shown = lines.slice(0, MAX_LINES).map((line) => `${kind}: ${line}`);
  return lines.length > MAX_LINES ? [...shown, `${kind}: … and ${lines.length - MAX_LINES} more`] : shown;
}

function prefixHint({ missing, unexpected }: Differences): string[] {
  // Only for a few: there may be many names on both sides.
  for (const { name } of missing.slice(0, MAX_LINES)) {
    const longer = unexpected.find((other) => other.name.endsWith(`/${name}`) || name.endsWith(`/${other.name}`));
    if (longer === undefined) continue;
    return [
      `"${name}" here may be "${longer.name}" there: getSaver's context says from where on names count, and restore's ` +
        'nameFn can change them.',
    ];
  }
  return [];
}
