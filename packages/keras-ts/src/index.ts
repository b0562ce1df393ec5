/** Everything in one install: all of @keras-ts/core, both backends to choose from, and Keras's files. */
// The umbrella is core's surface by definition: naming each export again would be a second list to keep.

export { type CpuKernels, type CpuOptions, compileCpuKernels, cpu } from "@keras-ts/backend-cpu";
export { type WebglLimits, type WebglOptions, webgl, webglUnsupported } from "@keras-ts/backend-webgl";
export * from "@keras-ts/core";
export {
  FileError,
  type FileLimits,
  type FileSource,
  type LoadModelOptions,
  type LoadProgress,
  type LoadReport,
  type LoadWeightsOptions,
  loadModel,
  loadWeights,
  readSamples,
  type Samples,
  type SaveModelOptions,
  type SaveOptions,
  saveModel,
  saveWeights,
  setTrainingState,
  type TrainingState,
  trainingStateOf,
  type Verification,
  VerificationError,
  verifyModel,
} from "@keras-ts/saving";
