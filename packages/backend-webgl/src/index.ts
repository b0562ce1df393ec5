/** The public surface of @keras-ts/backend-webgl. */
export { type WebglOptions, webgl } from "./backend.ts";
export { type WebglLimits, webglUnsupported } from "./unsupported.ts";
