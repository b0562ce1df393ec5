/** The public surface of @keras-ts/core. */
export type { Backend, DeviceBuffer, Executable, Packed, TensorInfo } from "./backend/backend.ts";
export { BackendUnavailableError, UnsupportedError, ValueError } from "./errors.ts";
export type {
  BinaryName,
  BinaryOp,
  BroadcastOp,
  ConcatOp,
  ConvFilterGradOp,
  ConvOp,
  ConvTransposeOp,
  Epilogue,
  Op,
  OpKind,
  ReduceOp,
  ReshapeOp,
  Shape,
  SliceOp,
  SoftmaxOp,
  SparsemaxGradOp,
  SparsemaxOp,
  TransposeOp,
  UnaryGradOp,
  UnaryOp,
} from "./op/op.ts";
export { weightCount, weightShapes } from "./op/op.ts";
export { outputShape, sizeOf } from "./op/output-shape.ts";
export type { UnaryFn, UnaryName } from "./op/unary.ts";
export { UNARY_ARITY } from "./op/unary.ts";
