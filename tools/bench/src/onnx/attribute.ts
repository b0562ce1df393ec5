/** Attributes of ONNX nodes. */
import { float, integer, integers, message, text } from "./protobuf.ts";

export type Attribute = { readonly int: number } | { readonly ints: readonly number[] } | { readonly float: number };

const FLOAT = 1;
const INT = 2;
const INTS = 7;

/** An AttributeProto. */
export function encodeAttribute(name: string, value: Attribute): Uint8Array {
  if ("int" in value) return message([text(1, name), integer(3, value.int), integer(20, INT)]);
  if ("ints" in value) return message([text(1, name), integers(8, value.ints), integer(20, INTS)]);
  return message([text(1, name), float(2, value.float), integer(20, FLOAT)]);
}

export const ints = (values: readonly number[]): Attribute => ({ ints: values });
export const int = (value: number): Attribute => ({ int: value });
