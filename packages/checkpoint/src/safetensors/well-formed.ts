/** Whether a text can be written as UTF-8: it cannot when half a surrogate pair stands alone. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
