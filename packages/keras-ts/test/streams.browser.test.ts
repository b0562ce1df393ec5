/** Streams on the webgl backend, whose histories change places. */
import { webgl } from "@keras-ts/backend-webgl";
import { describeStreams } from "./streams.ts";

describeStreams("webgl", () => webgl(), 20);
