/** The suite that every backend passes, on the build this engine gets and on the plain one. */
import { describeBackend } from "@keras-ts/conformance";
import { cpu } from "../src/index.ts";

describeBackend(() => cpu());
