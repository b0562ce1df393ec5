import { cpu } from "@keras-ts/backend-cpu";
import { describeLayers } from "./describe-layers.ts";

describeLayers("cpu", () => cpu());
