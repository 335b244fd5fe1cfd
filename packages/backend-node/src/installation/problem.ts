/** Why TensorFlow cannot run here, and what to do about it. */
export interface Problem {
  readonly reason: string;
  readonly remedy: string;
}

/** A problem in one sentence. */
export function inOneLine({ reason, remedy }: Problem): string {
  return `${reason}: ${remedy}`;
}
