/**
 * The bridge between ops and tfjs's engine: every op kind is a tfjs kernel of ours ("Keras…"), so that tidy, memory
 * accounting and the gradient tape work, and tfjs's own kernels are left alone.
 */

import { activeBackend, getBackend } from "../backend/active.ts";
import type { Backend, DeviceBuffer } from "../backend/backend.ts";
import { BackendUnavailableError } from "../errors.ts";
import { type Op, weightCount } from "../op/op.ts";
import { engine, getTfjsBackend, type NamedTensorMap, type Tensor, type TfjsTensorInfo, TfVariable } from "../tf.ts";
import { Executables } from "./executables.ts";
import { kernelName } from "./kernel-names.ts";
import { PackedWeights, packTensors } from "./packed-weights.ts";
import { SharedPackings } from "./shared-packings.ts";

/** What core keeps for a backend besides the backend itself. Gone with the generation it was made for. */
export interface BackendState {
  readonly generation: number;
  readonly executables: Executables;
  readonly packedWeights: PackedWeights;
  readonly packings: SharedPackings;
}

const states = new WeakMap<Backend, BackendState>();

export function stateOf(backend: Backend): BackendState {
  let state = states.get(backend);
  if (!state || state.generation !== backend.generation) {
    state = {
      generation: backend.generation,
      executables: new Executables(backend),
      packedWeights: new PackedWeights(backend),
      packings: new SharedPackings(backend),
    };
    states.set(backend, state);
  }
  return state;
}

/** Frees what the active backend packed of a variable for eager calls. */
export function forgetPacked(variable: TfVariable): void {
  const backend = activeBackend();
  if (backend) stateOf(backend).packedWeights.forget(variable);
}

/** Runs one op on tensors now. Weights that are variables (or views of one) are packed once a value. */
export function dispatchEager(op: Op, inputs: readonly Tensor[], weights: readonly Tensor[]): Tensor {
  const backend = getBackend();
  if (getTfjsBackend() !== backend.tfjsBackend) {
    throw new BackendUnavailableError(
      `The active keras backend '${backend.name}' works on tensors of the tfjs backend '${backend.tfjsBackend}', but tfjs was switched ` +
        `to '${getTfjsBackend()}'. Choose backends with keras.setBackend() rather than tf.setBackend().`,
    );
  }
  const named: NamedTensorMap = {};
  for (const [i, x] of inputs.entries()) named[`x${i}`] = x;
  for (const [i, w] of weights.entries()) named[`w${i}`] = w;
  const attrs = {};
  opOfAttrs.set(attrs, { op, inputShapes: inputs.map((x) => x.shape), weightShapes: weights.map((w) => w.shape) });
  return engine().runKernel<Tensor>(kernelName(op.kind), named, attrs);
}

/** What one call of a kernel of ours is about, for the kernel and later for its gradient. */
export interface OpCall {
  readonly op: Op;
  readonly inputShapes: readonly (readonly number[])[];
  readonly weightShapes: readonly (readonly number[])[];
}

// tfjs attributes are strings and numbers only, but the same object reaches kernel and gradient: it serves as a key.
const opOfAttrs = new WeakMap<object, OpCall>();

/** The call behind the attributes that tfjs hands to a kernel or gradient function. */
export function opCall(attrs: object | undefined): OpCall {
  const call = attrs && opOfAttrs.get(attrs);
  if (!call) throw new TypeError("keras-ts kernels are run through keras.ops, not through tf.engine().runKernel().");
  return call;
}

/** The kernel function of every kernel of ours: borrow, dispatch, adopt. */
export function runOpKernel(
  named: Readonly<Record<string, TfjsTensorInfo | undefined>>,
  attrs: object | undefined,
): TfjsTensorInfo {
  const { op, inputShapes } = opCall(attrs);
  const backend = getBackend();
  const { executables, packedWeights } = stateOf(backend);
  const exe = executables.acquire(op, inputShapes);
  const borrowed: DeviceBuffer[] = [];
  let output: DeviceBuffer | null = null;
  let workspace: DeviceBuffer | null = null;
  try {
    const weights = take(named, "w", weightCount(op));
    const [kernel] = weights;
    const isVariable = kernel instanceof TfVariable;
    const packed = !kernel ? null : isVariable ? packedWeights.get(op, kernel) : packTensors(backend, op, weights);
    try {
      for (const x of take(named, "x", inputShapes.length)) borrowed.push(backend.borrow(x));
      output = backend.alloc(exe.outputShape);
      if (exe.workspace > 0) workspace = backend.alloc([exe.workspace]);
      backend.dispatch(exe, packed, borrowed, output, workspace);
    } finally {
      if (packed && !isVariable) backend.release(packed);
    }
    const result = backend.adopt(output, exe.outputShape);
    output = null;
    return result;
  } finally {
    executables.release(exe);
    for (const buffer of borrowed) backend.free(buffer);
    if (workspace) backend.free(workspace);
    if (output) backend.free(output);
  }
}

function take(
  named: Readonly<Record<string, TfjsTensorInfo | undefined>>,
  prefix: "x" | "w",
  count: number,
): TfjsTensorInfo[] {
  return Array.from({ length: count }, (_, i) => {
    const tensor = named[`${prefix}${i}`];
    if (!tensor) throw new TypeError(`Operand ${prefix}${i} is missing.`);
    return tensor;
  });
}
