/** The suite that every backend passes, on the build that this engine gets: relaxed SIMD where it has that. */
import { describeBackend } from "@keras-ts/conformance";
import { cpu } from "../src/index.ts";

describeBackend(() => cpu());
