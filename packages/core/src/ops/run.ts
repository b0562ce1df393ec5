/** Where every op goes: it is recorded when any operand is a traced symbol, and run now when all are tensors. */
import { dispatchEager } from "../engine/eager.ts";
import { ValueError } from "../errors.ts";
import { KerasTensor } from "../models/keras-tensor.ts";
import { type Op, weightShapes } from "../op/op.ts";
import { outputShape } from "../op/output-shape.ts";
import { castToFloat32, isTensor, scalar, type Tensor } from "../tf.ts";
import { activeTrace } from "../trace/active-trace.ts";
import { type Trace, TracedTensor } from "../trace/traced-tensor.ts";
import { isStatic } from "../trace/walk.ts";
import { KerasVariable } from "../variable.ts";
import type { Value } from "./value.ts";

/** Runs or records one op. `weights` are the operands that a backend rearranges (kernel, then bias). */
export function run(op: Op, inputs: readonly Value[], weights: readonly Value[] = []): Tensor | TracedTensor {
  const trace = findTrace(inputs) ?? findTrace(weights) ?? activeTrace();
  if (!trace) return dispatchEager(op, inputs.map(asTensor), weights.map(asTensor));
  const data = inputs.map((x) => asTraced(trace, x));
  return trace.record(
    op,
    outputShape(
      op,
      data.map((x) => x.shape),
    ),
    data,
    weights.map((x, i) => canonicalWeight(op, i, asTraced(trace, x))),
  );
}

/** A kernel computed from the inputs is packed while the plan runs, and must already have its canonical shape. */
function canonicalWeight(op: Op, index: number, weight: TracedTensor): TracedTensor {
  if (isStatic(weight) || (op.kind !== "conv" && op.kind !== "conv_transpose")) return weight;
  const shape = weightShapes(op)[index] ?? weight.shape;
  return weight.trace.record({ kind: "reshape", shape }, shape, [weight], []);
}

/** A number as an operand. */
export function numberValue(value: number): Tensor | TracedTensor {
  return activeTrace()?.number(value) ?? scalar(value);
}

/** The tensor behind a value that is not symbolic; other dtypes become float32. */
export function asTensor(x: Value): Tensor {
  const tensor = x instanceof KerasVariable ? x.current : x;
  if (!isTensor(tensor)) {
    throw new ValueError(`Expected a tf.Tensor. Received: ${x === null || x === undefined ? x : x.constructor.name}`);
  }
  if (tensor.isDisposed)
    throw new ValueError(`A tensor was disposed before it was used. Received: shape=[${tensor.shape}]`);
  return tensor.dtype === "float32" ? tensor : castToFloat32(tensor);
}

function asTraced(trace: Trace, x: Value): TracedTensor {
  if (x instanceof TracedTensor) {
    if (x.trace !== trace)
      throw new ValueError(
        "A symbol of one trace was used in another. Do not keep what `call` receives between calls.",
      );
    return x;
  }
  if (x instanceof KerasVariable) return trace.variable(x);
  if (x instanceof KerasTensor)
    throw new ValueError("A KerasTensor cannot be used inside a layer's call while it is traced.");
  return trace.constant(asTensor(x));
}

function findTrace(values: readonly Value[]): Trace | undefined {
  for (const value of values) if (value instanceof TracedTensor) return value.trace;
  return undefined;
}
