/** All that is taken from tfjs: its CPU backend's storage, to read tensors from and to make tensors in. */
import { describeTfjsCopies, type TensorInfo, whenTfjsIsUsed } from "@keras-ts/core";
import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { env, findBackend, version_core } from "@tensorflow/tfjs-core";
import { ResidentData, type TensorEntry } from "./resident-data.ts";

/** The tfjs backend, registered by importing it. */
export const TFJS_BACKEND = "cpu";

// Where the import above is late, as in the file for Node, this is when it happens at the latest.
whenTfjsIsUsed(() => MathBackendCPU);

/** The parts that are used here of what tfjs's backend stores. */
interface StoredData {
  readonly dtype: string;
  readonly values?: unknown;
  readonly refCount?: number;
}

const NO_VALUES = new Float32Array(0);

function tfjsBackend(): MathBackendCPU {
  const backend = findBackend(TFJS_BACKEND);
  if (backend instanceof MathBackendCPU) return backend;
  if (backend) throw new Error(describeTfjsCopies(TFJS_BACKEND, backend, version_core));
  throw new Error(
    `tfjs has no backend '${TFJS_BACKEND}': it was removed. Register it again, with tf.registerBackend().`,
  );
}

/** A tensor's values as floats: its own array where it is float32, to be read only. */
export function tensorValues(tensor: TensorInfo): Float32Array {
  if (tensor.dtype === "string" || tensor.dtype === "complex64") {
    throw new TypeError(`Only float32, int32 and bool tensors can be used. Received: dtype=${tensor.dtype}.`);
  }
  const values = tfjsBackend().readSync(tensor.dataId);
  if (values instanceof Float32Array) return values;
  return Float32Array.from(values as ArrayLike<number>);
}

/** A float32 tensor whose values stay on the heap until they are asked for. */
export function makeResidentTensor(data: ResidentData, shape: readonly number[]): TensorInfo {
  const backend = tfjsBackend();
  const tensor = backend.makeTensorInfo([...shape], "float32", NO_VALUES);
  backend.data.set(tensor.dataId, data);
  return tensor;
}

/** What tfjs keeps for a float32 tensor whose values it has in an array of its own; null where they are or were resident, or of another kind. */
export function plainEntry(tensor: TensorInfo): TensorEntry | null {
  const data: StoredData = tfjsBackend().data.get(tensor.dataId);
  if (data instanceof ResidentData || data.dtype !== "float32") return null;
  const { values, refCount = 0 } = data;
  return values instanceof Float32Array ? { values, refCount } : null;
}

/** Puts a copy on the heap in the place of a tensor's entry. */
export function keepResident(tensor: TensorInfo, data: ResidentData): void {
  tfjsBackend().data.set(tensor.dataId, data);
}

/** What a tensor keeps on the heap, where it is one of ours and has not been copied out. */
export function residentData(tensor: TensorInfo): ResidentData | null {
  const data: object = tfjsBackend().data.get(tensor.dataId);
  return data instanceof ResidentData && data.block ? data : null;
}

/** A float32 tensor that owns `values`. */
export function makeTensor(values: Float32Array, shape: readonly number[]): TensorInfo {
  return tfjsBackend().makeTensorInfo([...shape], "float32", values);
}

/**
 * tfjs's CPU backend greets in Node on its first write and recommends its native build for speed. Here it only stores
 * tensors, so the advice would mislead: that first write is made with tfjs's own switch for production set.
 */
export function skipGreeting(): void {
  const flags = env();
  const production = flags.getBool("PROD");
  flags.set("PROD", true);
  try {
    const backend = tfjsBackend();
    backend.disposeData(backend.write(new Float32Array(0), [0], "float32"));
  } finally {
    flags.set("PROD", production);
  }
}
