/** The replay's `Engine` on keras-ts. With `keras-callable.ts` and `keras-model.ts` all of this tool that calls `@keras-ts/core`. */
import * as keras from "@keras-ts/core";
import {
  type Json,
  type JsonObject,
  type PartialShape,
  partOf,
  property,
  type ShapeOrShapes,
  type Sort,
} from "../suite/manifest.ts";
import type { NdArray } from "../suite/nd-array.ts";
import type { Engine, EngineLayer, EngineModel, EngineStatus, Memory, Refusal } from "./engine.ts";
import { registerFixtureFunctions } from "./fixture-functions.ts";
import { KerasCallable, scalarProduct } from "./keras-callable.ts";
import { KerasModel } from "./keras-model.ts";
import { asTensor, dispose, type Structure, toArray, toTensor, toVariable } from "./keras-tensors.ts";
import { engine, type Tensor, tidy, variableGrads } from "./tf.ts";

export class KerasEngine implements Engine {
  readonly sorts: readonly Sort[] = ["activation", "initializer", "constraint", "regularizer"];

  constructor(backends: readonly keras.Backend[]) {
    for (const backend of backends) keras.registerBackend(backend);
    registerFixtureFunctions();
    // Fixtures were written under Keras's own defaults, whatever this machine's keras.json says.
    keras.config.setFloatx("float32");
    keras.config.setEpsilon(1e-7);
    keras.config.setImageDataFormat("channels_last");
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

  model(json: string): EngineModel {
    return new KerasModel(keras.modelFromJSON(json));
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

class KerasLayer extends KerasCallable implements EngineLayer {
  readonly #layer: keras.Layer;

  constructor(layer: keras.Layer) {
    super(layer);
    this.#layer = layer;
  }

  get built(): boolean {
    return this.#layer.built;
  }

  build(shape: ShapeOrShapes): void {
    this.#layer.build(shape);
  }

  serialize(): Json {
    // As a file would hold it: what JSON cannot say must not count as equal.
    return JSON.parse(JSON.stringify(keras.layers.serialize(this.#layer)));
  }

  computeOutputShapes(input: ShapeOrShapes): readonly PartialShape[] {
    return shapesIn(this.#layer.computeOutputShape(input));
  }

  protected override pathOf(path: string): string {
    const prefix = `${this.#layer.name}/`;
    return path.startsWith(prefix) ? path.slice(prefix.length) : path;
  }
}

/** A shape, or several in lists and records, as a list. */
function shapesIn(shapes: Structure<number | null>): readonly PartialShape[] {
  if (typeof shapes !== "object" || shapes === null) throw new TypeError(`${shapes} is no shape`);
  const items: Structure<number | null>[] = Array.isArray(shapes) ? shapes : Object.values(shapes);
  const sizes = items.filter((item) => item === null || typeof item === "number");
  return sizes.length === items.length ? [sizes] : items.flatMap(shapesIn);
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
