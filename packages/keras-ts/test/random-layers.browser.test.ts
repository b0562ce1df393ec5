import { webgl } from "@keras-ts/backend-webgl";
import { describeRandomLayers } from "./random-layers.ts";

describeRandomLayers("webgl", () => webgl(), 600);
