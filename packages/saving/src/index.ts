// Everything public of @keras-ts/saving.

export { FileError, type FilePlace } from "./file-error.ts";
export type { Hdf5DType, NumberDType } from "./hdf5/datatype.ts";
export type { Hdf5Array } from "./hdf5/hdf5-array.ts";
export type { Hdf5Attribute } from "./hdf5/hdf5-attribute.ts";
export type { Hdf5Dataset } from "./hdf5/hdf5-dataset.ts";
export type { Hdf5Group } from "./hdf5/hdf5-group.ts";
export { type ReadHdf5Options, readHdf5 } from "./hdf5/read-hdf5.ts";
export type { Hdf5Values } from "./hdf5/values.ts";
export type {
  Hdf5DatasetTree,
  Hdf5GroupTree,
  Hdf5Written,
  Hdf5WrittenAttributes,
  Hdf5WrittenData,
} from "./hdf5/write/hdf5-tree.ts";
export { writeHdf5 } from "./hdf5/write/write-hdf5.ts";
export { type FileKind, fileKind } from "./keras/file-kind.ts";
export { type LoadModelOptions, loadModel } from "./keras/load-model.ts";
export type { LoadOptions } from "./keras/load-options.ts";
export type { LoadReport } from "./keras/load-variables.ts";
export { type LoadWeightsOptions, loadWeights } from "./keras/load-weights.ts";
export { type SaveModelOptions, saveModel } from "./keras/save-model.ts";
export type { SaveOptions } from "./keras/save-options.ts";
export { type SaveWeightsOptions, saveWeights, type WeightsFormat } from "./keras/save-weights.ts";
export type { FileSource, LoadProgress, SourceOptions } from "./keras/source.ts";
export {
  type NumberArray,
  type OptimizerGroup,
  type OptimizerVariable,
  setTrainingState,
  type TrainingState,
  trainingStateOf,
} from "./keras/training-state.ts";
export type { FileLimits } from "./limits.ts";
export { type NpyArray, type ReadNpyOptions, readNpyFile, writeNpyFile } from "./numpy/npy-file.ts";
export type { OutputComparison } from "./verify/compare-output.ts";
export { type ReadSamplesOptions, readSamples } from "./verify/read-samples.ts";
export type { SampleArray, SampleOutput, Samples } from "./verify/samples.ts";
export { type Verification, VerificationError, verifyModel } from "./verify/verify-model.ts";
export { type ReadZipOptions, readZip, type ZipArchive } from "./zip/read-zip.ts";
export { writeZip } from "./zip/write-zip.ts";
