/** The suite that every backend passes, on the build that this engine gets, and on the plain one where that is another. */
import { describeBackend } from "@keras-ts/conformance";
import { describe } from "vitest";
import { compileCpuKernels, cpu } from "../src/index.ts";

const { target } = await compileCpuKernels();

describe.each([target, ...(target === "simd" ? [] : ["simd"])])("build %s", (build) => {
  describeBackend(() => cpu(build === target ? {} : { relaxed: false }));
});
