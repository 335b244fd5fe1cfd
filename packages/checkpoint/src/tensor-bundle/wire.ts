import { ByteReader } from './byte-reader.ts';

/** A value of a protobuf message: a number, or bytes that are a text or a message inside it. */
export type WireValue = number | Uint8Array;

/**
 * Takes a protobuf message apart: calls a function with the number and the value of each field, in the order of the bytes.
 *
 * @param where How errors call the message.
 * @throws CheckpointError when it is damaged.
 *
 * Format: https://protobuf.dev/programming-guides/encoding
 */
export function readMessage(bytes: Uint8Array, where: string, field: (number: number, value: WireValue) => void): void {
  const reader = new ByteReader(bytes, where);
  while (!reader.done) {
    const tag = reader.varint();
    const number = Math.floor(tag / 8);
    if (number === 0) throw reader.error('has a field without a number');
    field(number, readValue(reader, tag % 8));
  }
}

function readValue(reader: ByteReader, wireType: number): WireValue {
  switch (wireType) {
    case 0:
      return reader.varint();
    case 1:
      return reader.take(8);
    case 2:
      return reader.take(reader.varint());
    case 5:
      return reader.fixed32();
    default:
      throw reader.error(`has a field of a type that does not exist (${wireType})`);
  }
}
