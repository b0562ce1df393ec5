import { cpu } from "@keras-ts/backend-cpu";
import { describeRandomLayers } from "./random-layers.ts";

describeRandomLayers("cpu", () => cpu(), 2000);
