import * as config from "./config.ts";
import * as ops from "./ops/index.ts";

export { activeBackend, getBackend } from "./backend/active.ts";
export type { Backend, DeviceBuffer, Executable, Packed, TensorInfo } from "./backend/backend.ts";
export { type BackendStatus, backendStatus, registerBackend, setBackend } from "./backend/registry.ts";
export { BackendUnavailableError, UnsupportedError, ValueError } from "./errors.ts";
export type { ConvDataFormat } from "./geometry/conv-geometry.ts";
export { KerasTensor } from "./models/keras-tensor.ts";
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
export type { Value } from "./ops/value.ts";
export { Plan, type PlanOptions, plan } from "./plan/plan.ts";
export type { Traceable } from "./trace/trace-forward.ts";
export { TracedTensor } from "./trace/traced-tensor.ts";
export { KerasVariable } from "./variable.ts";
export { config, ops };
