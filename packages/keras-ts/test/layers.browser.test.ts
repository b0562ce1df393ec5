import { webgl } from "@keras-ts/backend-webgl";
import { describeLayers } from "./describe-layers.ts";

describeLayers("webgl", () => webgl());
