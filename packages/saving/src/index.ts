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
export type { FileLimits } from "./limits.ts";
export { type ReadZipOptions, readZip, type ZipArchive } from "./zip/read-zip.ts";
export { writeZip } from "./zip/write-zip.ts";
