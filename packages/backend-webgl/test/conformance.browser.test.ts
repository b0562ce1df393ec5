/** The backend against the float64 reference, in a real browser. */
import "@tensorflow/tfjs-backend-webgl";
import { webgl } from "@keras-ts/backend-webgl";
import { describeBackend } from "@keras-ts/conformance";

describeBackend(() => webgl());
