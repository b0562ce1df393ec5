// Datatype messages: what the bytes of an element mean. Types that are not read are kept with their name, so that a tree which
// holds one can still be walked.

import type { Cursor } from "./file-bytes.ts";

/** The types of values; `float16` and `bfloat16` are handed over as float32, `bool` as 0 and 1, `opaque` as bytes. */
export type Hdf5DType = NumberDType | "bool" | "string" | "opaque";

/** Numbers, by numpy's names. */
export type NumberDType =
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64";

/** A type as stored. `bytes` are those of one element in the file. */
export type Datatype =
  | {
      readonly kind: "number";
      readonly dtype: NumberDType | "bool";
      readonly bytes: number;
      readonly bigEndian: boolean;
    }
  | { readonly kind: "fixed string"; readonly bytes: number; readonly padding: number }
  | { readonly kind: "variable string"; readonly bytes: number }
  | { readonly kind: "opaque"; readonly bytes: number }
  | { readonly kind: "unsupported"; readonly what: string; readonly bytes: number };

const CLASSES = [
  "integer",
  "float",
  "time",
  "string",
  "bitfield",
  "opaque",
  "compound",
  "reference",
  "enum",
  "variable-length",
  "array",
  "complex",
];

/** Reads a datatype message. */
export function readDatatype(cursor: Cursor): Datatype {
  const start = cursor.position;
  const head = cursor.uint8();
  const [version, kind] = [head >> 4, head & 15];
  if (version < 1 || version > 5 || kind >= CLASSES.length)
    cursor.fail(`an unknown datatype. Received: version=${version}, class=${kind}.`, start);
  const bits = cursor.unsigned(3);
  const bytes = cursor.uint32();
  if (bytes === 0) cursor.fail("a datatype without bytes.", start);
  switch (CLASSES[kind]) {
    case "integer":
      return readInteger(cursor, bits, bytes);
    case "float":
      return readFloat(cursor, bits, bytes);
    case "string":
      return { kind: "fixed string", bytes, padding: bits & 15 };
    case "opaque":
      return { kind: "opaque", bytes };
    case "enum":
      return readEnum(cursor, version, bits, bytes);
    case "variable-length":
      if ((bits & 15) !== 1) return { kind: "unsupported", what: "variable-length sequences", bytes };
      if (bytes !== 8 + cursor.file.addressBytes)
        cursor.fail(`a variable-length string takes ${8 + cursor.file.addressBytes} bytes. Received: ${bytes}.`, start);
      return { kind: "variable string", bytes };
    default:
      return { kind: "unsupported", what: `the datatype class "${CLASSES[kind]}"`, bytes };
  }
}

function readInteger(cursor: Cursor, bits: number, bytes: number): Datatype {
  const offset = cursor.uint16();
  const precision = cursor.uint16();
  if (offset !== 0 || precision !== bytes * 8 || ![1, 2, 4, 8].includes(bytes))
    return { kind: "unsupported", what: `integers of ${precision} bits in ${bytes} bytes`, bytes };
  const dtype = `${bits & 8 ? "int" : "uint"}${precision}` as NumberDType;
  return { kind: "number", dtype, bytes, bigEndian: (bits & 1) === 1 };
}

/** Layouts of the floats that are read: sign bit, exponent's place and size, mantissa's size, bias. */
const FLOATS: Readonly<Record<string, NumberDType>> = {
  "2: 15 10 5 10 15": "float16",
  "2: 15 7 8 7 127": "bfloat16",
  "4: 31 23 8 23 127": "float32",
  "8: 63 52 11 52 1023": "float64",
};

function readFloat(cursor: Cursor, bits: number, bytes: number): Datatype {
  const offset = cursor.uint16();
  const precision = cursor.uint16();
  const exponentAt = cursor.uint8();
  const exponentBits = cursor.uint8();
  const mantissaAt = cursor.uint8();
  const mantissaBits = cursor.uint8();
  const bias = cursor.uint32();
  const sign = (bits >> 8) & 255;
  const normalised = (bits >> 4) & 3;
  const dtype = FLOATS[`${bytes}: ${sign} ${exponentAt} ${exponentBits} ${mantissaBits} ${bias}`];
  const plain = offset === 0 && precision === bytes * 8 && mantissaAt === 0 && normalised === 2 && (bits & 0x40) === 0;
  if (dtype === undefined || !plain)
    return { kind: "unsupported", what: `floats of ${precision} bits with ${exponentBits} of exponent`, bytes };
  return { kind: "number", dtype, bytes, bigEndian: (bits & 1) === 1 };
}

/** h5py writes bools as an enum of FALSE=0 and TRUE=1 on int8; any other enum is read as its integers. */
function readEnum(cursor: Cursor, version: number, members: number, bytes: number): Datatype {
  const base = readDatatypeOfEnum(cursor);
  if (base.kind !== "number" || base.bytes !== bytes) return { kind: "unsupported", what: "this enum", bytes };
  if (members !== 2 || bytes !== 1) return base;
  const names = [readMember(cursor, version), readMember(cursor, version)];
  const values = [cursor.uint8(), cursor.uint8()];
  const isBool = names[0] === "FALSE" && names[1] === "TRUE" && values[0] === 0 && values[1] === 1;
  return isBool ? { ...base, dtype: "bool" } : base;
}

function readDatatypeOfEnum(cursor: Cursor): Datatype {
  const kind = (cursor.file.bytes[cursor.position] ?? 0) & 15;
  if (kind !== 0) cursor.fail(`an enum must be on integers. Received: class=${kind}.`);
  return readDatatype(cursor);
}

/** A member's name with its NUL; before version 3 padded to 8 bytes. */
function readMember(cursor: Cursor, version: number): string {
  const start = cursor.position;
  const rest = cursor.file.bytes.subarray(start, cursor.end);
  const nul = rest.indexOf(0);
  if (nul < 0) cursor.fail("a name of an enum's member does not end.");
  const name = cursor.text(nul + 1);
  if (version < 3) cursor.skip(-(nul + 1) & 7);
  return name;
}
