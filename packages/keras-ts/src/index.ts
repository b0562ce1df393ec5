/** Everything in one install: all of @keras-ts/core, and both backends to choose from. */
// The umbrella is core's surface by definition: naming each export again would be a second list to keep.

export { type CpuKernels, type CpuOptions, compileCpuKernels, cpu } from "@keras-ts/backend-cpu";
export { webgl } from "@keras-ts/backend-webgl";
export * from "@keras-ts/core";
