/** The public surface of @keras-ts/backend-webgl. */
export { webgl } from "./backend.ts";
