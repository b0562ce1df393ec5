import { deflateRawSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { unpack } from "./unpack.ts";

const BYTES = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) >>> 5);
const TEXT = deflateRawSync(BYTES).toString("base64");

describe("unpack", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("gives the bytes back by Node's zlib", async () => {
    const streams = vi.spyOn(globalThis, "DecompressionStream");
    expect(Buffer.compare(await unpack(TEXT), BYTES)).toBe(0);
    expect(streams).not.toHaveBeenCalled();
  });

  it("gives the bytes back by streams, as in a browser", async () => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
    expect(Buffer.compare(await unpack(TEXT), BYTES)).toBe(0);
  });

  it.each(["zlib", "streams"])("rejects damaged text by %s", async (way) => {
    if (way === "streams") vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
    await expect(unpack(TEXT.slice(0, 400))).rejects.toThrow();
  });
});
