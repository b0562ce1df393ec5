/**
 * A run of cases with their arrays as one block of bytes, for the browser: 4 bytes length of a JSON head, the head, then
 * the arrays one after the other, each at a multiple of 8 bytes. Little-endian, as every machine that runs it is.
 */
import { type Arrays, arraysOf } from "./arrays.ts";
import type { Case } from "./manifest.ts";
import { type NdArray, sizeOf } from "./nd-array.ts";

export interface Bundle {
  readonly suite: string;
  readonly cases: readonly Case[];
  readonly arrays: Arrays;
}

interface Head {
  readonly suite: string;
  readonly cases: readonly Case[];
  readonly arrays: readonly {
    readonly file: string;
    readonly shape: readonly number[];
    readonly wide: boolean;
    readonly start: number;
  }[];
}

const align = (bytes: number) => Math.ceil(bytes / 8) * 8;

export function encodeBundle({ suite, cases, arrays }: Bundle): Uint8Array<ArrayBuffer> {
  const entries: Head["arrays"][number][] = [];
  const data: NdArray["data"][] = [];
  let start = 0;
  for (const file of new Set(cases.flatMap((item) => arraysOf(item).map((use) => use.file)))) {
    const array = arrays.get(file);
    if (!array) throw new Error(`${file} was not read`);
    entries.push({ file, shape: array.shape, wide: array.data instanceof Float64Array, start });
    data.push(array.data);
    start += align(array.data.byteLength);
  }
  const head = new TextEncoder().encode(JSON.stringify({ suite, cases, arrays: entries } satisfies Head));
  const base = align(4 + head.length);
  const bytes = new Uint8Array(base + start);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  entries.forEach((entry, at) => {
    const values = data[at];
    if (values) bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), base + entry.start);
  });
  return bytes;
}

/** The arrays are views of `buffer`. */
export function decodeBundle(buffer: ArrayBuffer): Bundle {
  const headLength = new DataView(buffer).getUint32(0, true);
  const head: Head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headLength)));
  const base = align(4 + headLength);
  const arrays = new Map<string, NdArray>();
  for (const { file, shape, wide, start } of head.arrays) {
    const size = sizeOf(shape);
    arrays.set(file, {
      shape,
      data: wide ? new Float64Array(buffer, base + start, size) : new Float32Array(buffer, base + start, size),
    });
  }
  return { suite: head.suite, cases: head.cases, arrays };
}
