/** Writes the protocol-buffer wire format: as much of it as an ONNX model needs. See protobuf.dev/programming-guides/encoding. */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const utf8 = new TextEncoder();

/** A field of a message, encoded with its tag; messages are concatenated fields. */
export type Field = Uint8Array;

export function message(fields: readonly Field[]): Uint8Array {
  const out = new Uint8Array(fields.reduce((length, field) => length + field.length, 0));
  let offset = 0;
  for (const field of fields) {
    out.set(field, offset);
    offset += field.length;
  }
  return out;
}

/** An int32, int64 or enum that is not negative. */
export function integer(number: number, value: number): Field {
  return message([tag(number, VARINT), varint(value)]);
}

/** A repeated integer, packed. */
export function integers(number: number, values: readonly number[]): Field {
  return bytes(number, message(values.map(varint)));
}

export function text(number: number, value: string): Field {
  return bytes(number, utf8.encode(value));
}

/** A 32-bit float, little-endian. */
export function float(number: number, value: number): Field {
  const encoded = new Uint8Array(4);
  new DataView(encoded.buffer).setFloat32(0, value, true);
  return message([tag(number, FIXED32), encoded]);
}

/** Bytes, or a message inside a message. */
export function bytes(number: number, value: Uint8Array): Field {
  return message([tag(number, LENGTH_DELIMITED), varint(value.length), value]);
}

function tag(number: number, wireType: number): Uint8Array {
  return varint(number * 8 + wireType);
}

function varint(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`Only integers from 0 to 2^53 are written. Received: value=${value}`);
  }
  const out: number[] = [];
  let rest = value;
  while (rest >= 128) {
    out.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return Uint8Array.from(out);
}
