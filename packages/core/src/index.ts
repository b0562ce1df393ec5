/** The public surface of @keras-ts/core. */
import * as activations from "./activations/index.ts";
import * as config from "./config.ts";
import * as constraints from "./constraints/index.ts";
import * as initializers from "./initializers/index.ts";
import * as layers from "./layers/index.ts";
import * as ops from "./ops/index.ts";
import * as random from "./random/index.ts";
import * as regularizers from "./regularizers/index.ts";
import * as saving from "./serialization/index.ts";

export { applyConstraints } from "./apply-constraints.ts";
export { activeBackend, getBackend } from "./backend/active.ts";
export type {
  Backend,
  BufferWindow,
  DeviceBuffer,
  Executable,
  Packed,
  Sequence,
  SequenceCall,
  TensorInfo,
} from "./backend/backend.ts";
export { type BackendStatus, backendStatus, registerBackend, setBackend } from "./backend/registry.ts";
export { describeTfjsCopies } from "./backend/tfjs-copies.ts";
export { BackendUnavailableError, UnsupportedError, ValueError } from "./errors.ts";
export type { ConvDataFormat, ConvPadding } from "./geometry/conv-geometry.ts";
export type { Interpolation } from "./geometry/resize-table.ts";
export { whenTfjsIsUsed } from "./late-tfjs.ts";
// One line a layer is kept in one place; what it adds up to is reviewed in docs/surface.
export * from "./layers/classes.ts";
export type { DepthwiseConvArgs } from "./layers/depthwise-conv.ts";
export { DTypePolicy } from "./layers/dtype-policy.ts";
export { Input, type InputArgs } from "./layers/input-layer.ts";
export type { InputSpec } from "./layers/input-spec.ts";
export type { IntegerUse } from "./layers/integers.ts";
export type { LambdaFunction } from "./layers/lambda.ts";
export { Layer } from "./layers/layer.ts";
export type { CallOptions, LayerArgs, PartialShape, Shapes } from "./layers/layer-args.ts";
export type { WeightSpec } from "./layers/layer-weights.ts";
export { maskOf } from "./layers/masks.ts";
export { clearSession } from "./layers/names.ts";
export type { Numbers } from "./layers/rescaling.ts";
export type { SeparableConvArgs } from "./layers/separable-conv.ts";
export type { AxisPair, AxisPairs } from "./layers/spatial-axes.ts";
export type { IntOrTuple } from "./layers/spatial-conv.ts";
export { modelFromJSON } from "./models/deserialize.ts";
export { KerasTensor } from "./models/keras-tensor.ts";
export { Model, type ModelArgs } from "./models/model.ts";
export type { NestedNumbers } from "./models/nested-numbers.ts";
export type { PredictOptions, PredictProgress } from "./models/predict.ts";
export type { ArrayLikeInput, PredictInput } from "./models/predict-inputs.ts";
export { Sequential, type SequentialArgs } from "./models/sequential.ts";
export type { SummaryOptions } from "./models/summary.ts";
export type {
  BinaryName,
  BinaryOp,
  BroadcastOp,
  ConcatOp,
  ConvFilterGradOp,
  ConvOp,
  ConvTransposeOp,
  ElementwiseOp,
  ElementwiseStep,
  ElementwiseView,
  Epilogue,
  GatherGradOp,
  GatherOp,
  Op,
  OpKind,
  PadOp,
  PoolAxis,
  PoolGradOp,
  PoolOp,
  ReduceOp,
  ResampleOp,
  ReshapeOp,
  SelectOp,
  SeparableOp,
  Shape,
  SliceOp,
  SoftmaxOp,
  SparsemaxGradOp,
  SparsemaxOp,
  TransposeOp,
  UnaryGradOp,
  UnaryOp,
  WeightedOp,
} from "./op/op.ts";
export { hasWeights, weightCount, weightShapes } from "./op/op.ts";
export { outputShape, sizeOf } from "./op/output-shape.ts";
export type { UnaryFn, UnaryName } from "./op/unary.ts";
export { UNARY_ARITY } from "./op/unary.ts";
export type { Value } from "./ops/value.ts";
export { Plan, type PlanOptions, plan } from "./plan/plan.ts";
export { type OpJudge, type PlannedOp, plannedOps } from "./plan/planned-ops.ts";
export type { Stream, StreamOptions, StreamSource } from "./plan/stream.ts";
export type { JsonValue, KerasConfig, KerasObjectJson } from "./serialization/json.ts";
export type { Nested } from "./structure.ts";
export type { InputShape, InputShapes, Traceable } from "./trace/trace-forward.ts";
export { TracedTensor } from "./trace/traced-tensor.ts";
export { type HeldValues, KerasVariable, type KerasVariableOptions } from "./variable.ts";
export { activations, config, constraints, initializers, layers, ops, random, regularizers, saving };
