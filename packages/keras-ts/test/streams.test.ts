/** Streams on the cpu backend, whose longer histories are rings read in place. */
import { cpu } from "@keras-ts/backend-cpu";
import { describeStreams } from "./streams.ts";

describeStreams("cpu", () => cpu(), 200);
