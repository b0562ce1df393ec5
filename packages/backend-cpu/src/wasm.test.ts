import { afterEach, describe, expect, it, vi } from "vitest";
import { compileKernels } from "./wasm.ts";

describe("compileKernels", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("refuses an engine without SIMD by name", async () => {
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    await expect(compileKernels(true, false)).rejects.toThrow("This JavaScript engine has no WebAssembly SIMD.");
  });

  it("takes the plain build where relaxed SIMD is unknown", async () => {
    vi.spyOn(WebAssembly, "validate").mockReturnValueOnce(true).mockReturnValueOnce(false);
    expect((await compileKernels(true, false)).target).toBe("simd");
  });

  it("asks the engine what it accepts, by modules that are valid", async () => {
    const validate = vi.spyOn(WebAssembly, "validate");
    const { target } = await compileKernels(true, false);
    expect(validate.mock.results.map(({ value }) => value)).toEqual([true, target === "relaxed_simd"]);
  });
});
