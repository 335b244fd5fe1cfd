import { CheckpointError } from '../checkpoint-error.ts';
import { crc32c } from '../crc32c.ts';
import { PREAMBLE_BYTES } from '../safetensors/header.ts';

/** The key of the state in a file's metadata. */
export const STATE_KEY = 'sonnetjs';
/** The key of the checksum. It comes first in the header, so that the checksum has one place in all files. */
export const CHECKSUM_KEY = 'crc32c';
/** What stands there while the checksum is computed. */
export const CHECKSUM_BLANK = '00000000';

const opening = new TextEncoder().encode(`{"__metadata__":{"${CHECKSUM_KEY}":"`);
const digitsStart: number = PREAMBLE_BYTES + opening.length;
const digitsEnd: number = digitsStart + CHECKSUM_BLANK.length;

/** Writes the checksum of a file into it: of all its bytes, with {@link CHECKSUM_BLANK} for the checksum itself. */
export function seal(file: Uint8Array): void {
  file.set(new TextEncoder().encode(checksumOf(file)), digitsStart);
}

/**
 * Compares the checksum of a file that this package wrote. Files of others have none.
 *
 * @param isOurs Whether the file's metadata says that it is from this package.
 * @throws CheckpointError when it differs.
 */
export function checkSeal(file: Uint8Array, isOurs: boolean): void {
  const isSealed = opening.every((byte, i) => file[PREAMBLE_BYTES + i] === byte);
  if (!isSealed && !isOurs) return;
  const found = new TextDecoder().decode(file.subarray(digitsStart, digitsEnd));
  if (isSealed && found === checksumOf(file)) return;
  throw new CheckpointError(
    'The checkpoint is damaged: its bytes have another checksum than they should have. (If another program has rewritten ' +
      `the file on purpose, the metadata "${CHECKSUM_KEY}" and "${STATE_KEY}" must be left out: it holds tensors only then.)`,
  );
}

function checksumOf(file: Uint8Array): string {
  const before = crc32c(file.subarray(0, digitsStart));
  const blank = crc32c(new TextEncoder().encode(CHECKSUM_BLANK), before);
  return crc32c(file.subarray(digitsEnd), blank).toString(16).padStart(8, '0');
}
