/** The replay's `Engine` on keras-ts: the one file of this tool that calls `@keras-ts/core`. */
import * as keras from "@keras-ts/core";
import { type Json, type JsonObject, type PartialShape, partOf, property, type Sort } from "../suite/manifest.ts";
import { type NdArray, sizeOf } from "../suite/nd-array.ts";
import type {
  CallResult,
  Engine,
  EngineLayer,
  EngineStatus,
  EngineWeight,
  GradientResult,
  Memory,
  Refusal,
} from "./engine.ts";
import { engine, type Scalar, Tensor, tensor, tidy, type Variable, variable, variableGrads } from "./tf.ts";

export class KerasEngine implements Engine {
  readonly sorts: readonly Sort[] = ["activation", "initializer", "constraint", "regularizer"];

  constructor(backends: readonly keras.Backend[]) {
    for (const backend of backends) keras.registerBackend(backend);
  }

  async start(name: string): Promise<EngineStatus> {
    try {
      await keras.setBackend(name);
    } catch (error) {
      const status = keras.backendStatus().find((entry) => entry.name === name);
      return { available: false, reason: status?.reason ?? (error instanceof Error ? error.message : String(error)) };
    }
    const { detail } = keras.backendStatus().find((entry) => entry.name === name) ?? {};
    return { available: true, ...(detail === undefined ? {} : { detail }) };
  }

  layer(serialized: JsonObject): EngineLayer {
    return new KerasLayer(keras.layers.deserialize(serialized as keras.KerasObjectJson));
  }

  isPart(className: string): boolean {
    return partOf(className) !== null;
  }

  construct(target: JsonObject): void {
    const part = partOf(String(target["class_name"]));
    const serialized = { module: `keras.${part}s`, registered_name: null, ...target } as keras.KerasObjectJson;
    if (part === "initializer") keras.initializers.deserialize(serialized);
    if (part === "regularizer") keras.regularizers.deserialize(serialized);
    if (part === "constraint") keras.constraints.deserialize(serialized);
  }

  async value(
    sort: Sort,
    object: Json,
    inputs: readonly NdArray[],
    made: { shape?: readonly number[]; dtype?: string },
  ): Promise<NdArray> {
    const tensors = inputs.map(toTensor);
    const result = tidy(() => compute(sort, object, tensors, made));
    try {
      return await toArray(result);
    } finally {
      dispose([...tensors, result]);
    }
  }

  async valueGradients(
    sort: Sort,
    object: Json,
    inputs: readonly NdArray[],
    upstream: NdArray,
  ): Promise<readonly NdArray[]> {
    const points = inputs.map(toVariable);
    const weight = toTensor(upstream);
    try {
      const { value, grads } = variableGrads(
        () => scalarProduct([compute(sort, object, points, {})], [weight]),
        points,
      );
      const found = await Promise.all(points.map(({ name }) => toArray(grads[name])));
      dispose([value, ...Object.values(grads)]);
      return found;
    } finally {
      dispose([...points, weight]);
    }
  }

  classify(error: unknown): Refusal {
    if (error instanceof keras.ValueError) return "refused";
    return error instanceof keras.UnsupportedError || error instanceof keras.BackendUnavailableError
      ? "unsupported"
      : "broken";
  }

  memory(): Memory {
    const backend = keras.backendStatus().some(({ status }) => status === "active")
      ? keras.getBackend().memory()
      : { buffers: 0, packed: 0 };
    return { tensors: engine().memory().numTensors, buffers: backend.buffers, packed: backend.packed };
  }

  reset(): void {
    keras.clearSession();
  }
}

class KerasLayer implements EngineLayer {
  readonly #layer: keras.Layer;

  constructor(layer: keras.Layer) {
    this.#layer = layer;
  }

  get built(): boolean {
    return this.#layer.built;
  }

  build(shape: PartialShape): void {
    this.#layer.build([...shape]);
  }

  weights(): readonly EngineWeight[] {
    const trainable = new Set(this.#layer.trainableWeights);
    const prefix = `${this.#layer.name}/`;
    return this.#layer.weights.map((weight) => ({
      path: weight.path.startsWith(prefix) ? weight.path.slice(prefix.length) : weight.path,
      shape: weight.shape,
      trainable: trainable.has(weight),
    }));
  }

  readWeights(): Promise<readonly NdArray[]> {
    return Promise.all(this.#layer.weights.map(({ value }) => toArray(value)));
  }

  setWeights(values: readonly NdArray[]): void {
    const tensors = values.map(toTensor);
    this.#layer.setWeights(tensors);
    dispose(tensors);
  }

  serialize(): Json {
    // As a file would hold it: what JSON cannot say must not count as equal.
    return JSON.parse(JSON.stringify(keras.layers.serialize(this.#layer)));
  }

  computeOutputShapes(input: PartialShape): readonly PartialShape[] {
    return [this.#layer.computeOutputShape([...input])];
  }

  async apply(inputs: readonly NdArray[], training: boolean | null): Promise<CallResult> {
    const tensors = inputs.map(toTensor);
    let output: Tensor | undefined;
    let losses: Tensor[] = [];
    try {
      output = this.#call(tensors, training);
      losses = this.#layer.losses;
      return {
        outputs: [await toArray(output)],
        losses: await Promise.all(losses.map(async (loss) => (await loss.data())[0] ?? Number.NaN)),
      };
    } finally {
      dispose([...tensors, ...losses, ...(output ? [output] : [])]);
    }
  }

  async gradients(
    inputs: readonly NdArray[],
    upstream: readonly NdArray[],
    training: boolean | null,
  ): Promise<GradientResult> {
    const points = inputs.map(toVariable);
    const factors = upstream.map(toTensor);
    const trainable = this.#layer.trainableWeights.map(({ value }) => value);
    let outputs: Tensor[] = [];
    try {
      const { value, grads } = variableGrads(() => {
        const output = this.#call(points, training);
        outputs = [output.clone()];
        engine().keep(outputs[0] ?? output);
        return scalarProduct([output], factors);
      }, [...points, ...trainable]);
      const read = async (of: Variable): Promise<NdArray | null> => (grads[of.name] ? toArray(grads[of.name]) : null);
      const result: GradientResult = {
        outputs: await Promise.all(outputs.map(toArray)),
        inputs: await Promise.all(points.map(read)),
        weights: await Promise.all(
          this.#layer.weights.map((weight) => (trainable.includes(weight.value) ? read(weight.value) : null)),
        ),
      };
      dispose([value, ...Object.values(grads)]);
      return result;
    } finally {
      dispose([...points, ...factors, ...outputs]);
    }
  }

  async plan(inputs: readonly NdArray[]): Promise<readonly NdArray[]> {
    const plan = await keras.plan(this.#layer, { inputShapes: inputs.map(({ shape }) => [...shape]) });
    try {
      // First on other numbers: what a run leaves behind in the plan's buffers must not be seen by the next.
      await plan.run(inputs.map(({ data }) => Float32Array.from(data, (value) => 1 - value)));
      const outputs = await plan.run(inputs.map(({ data }) => Float32Array.from(data)));
      return outputs.map((data, at) => ({ shape: plan.outputShapes[at] ?? [], data }));
    } finally {
      plan.dispose();
    }
  }

  dispose(): void {
    this.#layer.dispose();
  }

  #call(inputs: readonly Tensor[], training: boolean | null): Tensor {
    const [x] = inputs;
    if (inputs.length !== 1 || !x)
      throw new keras.UnsupportedError(`Layers of ${inputs.length} inputs are not replayed by this version.`);
    return this.#layer.apply(x, training === null ? {} : { training });
  }
}

function compute(
  sort: Sort,
  object: Json,
  [x]: readonly Tensor[],
  made: { shape?: readonly number[]; dtype?: string },
): Tensor {
  const json = object as keras.KerasObjectJson | string; // checked by whoever reads it: a wrong one is a result of the replay
  if (sort === "initializer")
    return asTensor(keras.initializers.deserialize(json)?.call([...(made.shape ?? [])], made.dtype ?? "float32"));
  if (!x) throw new TypeError(`a ${sort} without an input`);
  if (sort === "activation") return asTensor(keras.activations.get(json).call(x));
  if (sort === "regularizer") return asTensor(keras.regularizers.deserialize(json)?.call(x));
  if (sort === "constraint") return asTensor(keras.constraints.deserialize(json)?.call(x));
  throw new keras.UnsupportedError(
    `Values of sort ${sort} are not replayed by this version. Received: object=${property(object, "class_name") ?? object}`,
  );
}

/** `sum(output * upstream)` by the library's own ops, so that the tape passes through them. */
function scalarProduct(outputs: readonly Tensor[], upstream: readonly Tensor[]): Scalar {
  const [output] = outputs;
  const [factor] = upstream;
  if (outputs.length !== 1 || !output || !factor)
    throw new keras.UnsupportedError(`Layers of ${outputs.length} outputs are not replayed by this version.`);
  return asScalar(asTensor(keras.ops.sum(keras.ops.multiply(output, factor))));
}

function asTensor(value: unknown): Tensor {
  if (!(value instanceof Tensor)) throw new TypeError("expected a tensor");
  return value;
}

function isScalar(value: Tensor): value is Scalar {
  return value.shape.length === 0;
}

function asScalar(value: Tensor): Scalar {
  if (!isScalar(value)) throw new TypeError(`a sum over all axes has shape [${value.shape}]`);
  return value;
}

function toTensor({ shape, data }: NdArray): Tensor {
  return tensor(data instanceof Float32Array ? data : Float32Array.from(data), [...shape], "float32");
}

function toVariable(array: NdArray): Variable {
  const initial = toTensor(array);
  const made = variable(initial);
  initial.dispose();
  return made;
}

/** Fails where values and shape do not fit each other. */
async function toArray(from: Tensor | undefined): Promise<NdArray> {
  if (!from) throw new TypeError("no gradient reached this value");
  const data = await from.data();
  if (data.length !== sizeOf(from.shape))
    throw new TypeError(`a tensor of shape [${from.shape}] has ${data.length} values`);
  return { shape: [...from.shape], data: data instanceof Float32Array ? data.slice() : Float32Array.from(data) };
}

function dispose(tensors: readonly Tensor[]): void {
  for (const item of tensors) if (!item.isDisposed) item.dispose();
}
