/** The suite on several threads, with every call divided that can be. */
import { describeBackend } from "@keras-ts/conformance";
import { describe } from "vitest";
import { CpuBackend } from "../src/cpu-backend.ts";

describe.each([2, 4])("%i threads", (threads) => {
  describeBackend(() => new CpuBackend({ threads }, 1));
});
