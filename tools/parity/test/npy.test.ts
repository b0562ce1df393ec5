import { dump } from "npyjs";
import { describe, expect, it } from "vitest";
import { readNpy } from "../src/suite/npy.ts";

const bytesOf = (values: Float32Array | Float64Array | Int32Array | BigInt64Array, shape: number[]) =>
  new Uint8Array(dump(values, shape));

/** A header as numpy writes it, with any data after it. */
function handmade(header: string, data: Uint8Array, version: readonly [number, number] = [1, 0]): Uint8Array {
  const text = `${header}\n`;
  const lengthBytes =
    version[0] === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.from([0x93, ...Buffer.from("NUMPY"), ...version, ...lengthBytes, ...Buffer.from(text), ...data]);
}

describe("readNpy", () => {
  it("reads float32 and float64, scalars and empty arrays", () => {
    expect(readNpy(bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]))).toMatchObject({
      shape: [2, 3],
      type: "f4",
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(readNpy(bytesOf(Float64Array.of(0.1), [1])).data).toEqual(Float64Array.of(0.1));
    expect(
      readNpy(
        handmade("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", new Uint8Array(Float32Array.of(7).buffer)),
      ),
    ).toMatchObject({ shape: [], data: Float32Array.of(7) });
    expect(
      readNpy(handmade("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0), }", new Uint8Array(0))),
    ).toMatchObject({ shape: [2, 0] });
  });

  it("reads format version 2 and turns integers into float32", () => {
    expect(
      readNpy(
        handmade(
          "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }",
          new Uint8Array(Int32Array.of(-1, 5).buffer),
          [2, 0],
        ),
      ).data,
    ).toEqual(Float32Array.of(-1, 5));
    expect(
      readNpy(
        handmade(
          "{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }",
          new Uint8Array(BigInt64Array.of(9n).buffer),
        ),
      ).data,
    ).toEqual(Float32Array.of(9));
  });

  it("reads from a view that does not begin at its buffer's start", () => {
    const bytes = bytesOf(Float32Array.of(1, 2), [2]);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(readNpy(shifted.subarray(3)).data).toEqual(Float32Array.of(1, 2));
  });

  it.each([
    [
      "truncated data",
      bytesOf(Float32Array.of(1, 2, 3), [3]).slice(0, -1),
      /truncated: 11 bytes of data where shape \(3\) of f4 needs 12/,
    ],
    ["trailing bytes", Uint8Array.from([...bytesOf(Float32Array.of(1), [1]), 0, 0]), /2 trailing bytes/],
    ["a truncated header", bytesOf(Float32Array.of(1), [1]).slice(0, 30), /truncated inside the .npy header/],
    ["another kind of file", Uint8Array.from(Buffer.from("PK\u0003\u0004 something else")), /not an .npy file/],
    ["an empty file", new Uint8Array(0), /not an .npy file \(0 bytes/],
    [
      "big-endian data",
      handmade("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(4)),
      /big-endian data \(>f4\)/,
    ],
    [
      "Fortran order",
      handmade("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1), }", new Uint8Array(4)),
      /Fortran order/,
    ],
    [
      "strings",
      handmade("{'descr': '<U3', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(12)),
      /element type <U3/,
    ],
    [
      "complex numbers",
      handmade("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(8)),
      /element type <c8/,
    ],
    [
      "an unreadable header",
      handmade("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", new Uint8Array(4)),
      /unreadable .npy header/,
    ],
    [
      "an unknown version",
      handmade("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", new Uint8Array(4), [9, 0]),
      /version 9/,
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(message);
  });
});
