/** The suite on one, two and four threads, with every call divided that can be, on the build that this engine gets. */
import { describeBackend } from "@keras-ts/conformance";
import { describe } from "vitest";
import { cpu } from "../src/index.ts";

describe.each([1, 2, 4])("%i threads", (threads) => {
  describeBackend(() => cpu({ threads, leastWork: 1 }));
});
