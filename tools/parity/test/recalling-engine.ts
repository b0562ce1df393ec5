/**
 * An `Engine` that computes nothing: it gives back what suites recorded, through `alter`, so that the replay is tested alone.
 * Cases are recognised by their content, so that a changed copy of a suite can be replayed against what the original says.
 */
import type {
  CallResult,
  Engine,
  EngineCall,
  EngineCallable,
  EngineInput,
  EngineLayer,
  EngineModel,
  Refusal,
} from "../src/replay/engine.ts";
import type { Suite } from "../src/suite/load.ts";
import type {
  ErrorCase,
  GeometryCase,
  Json,
  JsonObject,
  LayerCase,
  ModelCase,
  PartialShape,
  ShapeOrShapes,
  Sort,
  Stage,
  ValueCase,
} from "../src/suite/manifest.ts";
import type { NdArray } from "../src/suite/nd-array.ts";

export class Refused extends Error {}
export class Unsupported extends Error {}

export interface Alterations {
  /** Applied to every output; the case's id tells which. */
  output?(id: string, array: NdArray): NdArray;
  serialize?(id: string, json: JsonObject): Json;
  outputShape?(id: string, shape: PartialShape): PartialShape;
  /** Called when a layer's call begins; may throw. */
  call?(id: string): void;
  /** Applied to every weight after a step. */
  stepped?(path: string, array: NdArray): NdArray;
  /** Tensors left behind by each call. */
  leak?: number;
  /** Applied to every mask of an output. */
  mask?(id: string, mask: NdArray | null): NdArray | null;
  /** Applied to what a model's layer gives. */
  inner?(id: string, layer: string, array: NdArray): NdArray;
  summary?(id: string, text: string): string;
  losses?(id: string, losses: readonly number[]): readonly number[];
  /** What an `error` case's refusal says. */
  refusal?(item: ErrorCase): Error | null;
}

interface Known<T> {
  readonly item: T;
  readonly read: (file: string | null | undefined) => NdArray;
}

export class RecallingEngine implements Engine {
  readonly sorts: readonly Sort[] = ["activation", "initializer", "constraint", "regularizer"];
  readonly #layers = new Map<string, Known<LayerCase>[]>();
  readonly #geometries = new Map<string, GeometryCase[]>();
  readonly #errors = new Map<string, ErrorCase[]>();
  readonly #values = new Map<string, Known<ValueCase>>();
  readonly #models = new Map<string, Known<ModelCase>>();
  readonly #alter: Alterations;
  #tensors = 0;

  constructor(suites: readonly Suite[], alter: Alterations = {}) {
    this.#alter = alter;
    for (const { cases, arrays } of suites) {
      const read = (file: string | null | undefined) => {
        const array = arrays.get(file ?? "");
        if (!array) throw new Error(`${file} is not there`);
        return array;
      };
      for (const item of cases) {
        const add = <T>(map: Map<string, T[]>, key: string, value: T) => map.set(key, [...(map.get(key) ?? []), value]);
        if (item.kind === "layer") add(this.#layers, JSON.stringify(item.layer), { item, read });
        if (item.kind === "geometry") add(this.#geometries, JSON.stringify(item.layer), item);
        if (item.kind === "error")
          add(
            this.#errors,
            JSON.stringify(item.document ?? { module: "keras.layers", registered_name: null, ...item.target }),
            item,
          );
        if (item.kind === "model") this.#models.set(item.text ?? "", { item, read });
        if (item.kind === "value")
          this.#values.set(
            keyOf(
              item.object,
              item.inputs.map(({ file }) => read(file)),
              item.shape,
            ),
            { item, read },
          );
      }
    }
  }

  async start() {
    return { available: true, detail: "recalls what was recorded" };
  }

  layer(serialized: JsonObject): EngineLayer {
    const key = JSON.stringify(serialized);
    const refused = this.#errors.get(key);
    if (refused) {
      this.#refuse(refused, "construct");
      this.#refuse(refused, "load");
      return {
        ...this.#recall({}, [], []),
        build: (shape) => this.#refuse(refused, "build", shape),
        computeOutputShapes: (shape) => {
          this.#refuse(refused, "compute_output_shape", shape);
          return [];
        },
        apply: async ({ inputs }) => {
          const shapes = inputs.map(({ shape }) => shape);
          this.#refuse(refused, "call", shapes.length === 1 ? shapes[0] : shapes);
          return { outputs: [], masks: [], losses: [] };
        },
      };
    }
    return this.#recall(serialized, this.#layers.get(key) ?? [], this.#geometries.get(key) ?? []);
  }

  #refuse(items: readonly ErrorCase[], stage: Stage, shape?: ShapeOrShapes): void {
    const item = items.find(
      (candidate) =>
        candidate.stage === stage && (shape === undefined || candidate.input_shape?.join() === shape.join()),
    );
    if (!item) return;
    const error = this.#alter.refusal ? this.#alter.refusal(item) : new Refused(`refused: ${item.mentions.join(" ")}`);
    if (error) throw error;
  }

  #recall(
    serialized: JsonObject,
    layers: readonly Known<LayerCase>[],
    geometries: readonly GeometryCase[],
  ): EngineLayer {
    const callable = this.#callable(layers, layers[0]);
    const found = () => callable.found() ?? layers[0];
    return {
      ...callable,
      built: false,
      build: () => {},
      serialize: () => {
        const item = found()?.item;
        return item && this.#alter.serialize ? this.#alter.serialize(item.id, serialized) : serialized;
      },
      computeOutputShapes: (input) => {
        const item = geometries.find(({ input_shape }) => input_shape.join() === input.join()) ?? found()?.item;
        return (item?.output_shapes ?? []).map((shape) => this.#alter.outputShape?.(item?.id ?? "", shape) ?? shape);
      },
    };
  }

  model(json: string): EngineModel {
    const known = this.#models.get(json);
    if (!known) throw new Error("no such model was recorded");
    const { item, read } = known;
    return {
      ...this.#callable([known], known),
      inputShapes: item.input_shapes ?? [],
      outputShapes: item.output_shapes ?? [],
      toJson: () => {
        const parsed: JsonObject = JSON.parse(json);
        return this.#alter.serialize?.(item.id, parsed) ?? parsed;
      },
      summary: (keywords) => {
        const text =
          item.summaries.find((one) => JSON.stringify(one.arguments) === JSON.stringify(keywords))?.text ?? "";
        return this.#alter.summary?.(item.id, text) ?? text;
      },
      layerOutputs: async (names) =>
        names.map((name) => {
          const file = item.layers.find((layer) => layer.name === name)?.file;
          return file ? (this.#alter.inner?.(item.id, name, read(file)) ?? read(file)) : null;
        }),
    };
  }

  #callable<C extends LayerCase | ModelCase>(
    known: readonly Known<C>[],
    first: Known<C> | undefined,
  ): EngineCallable & { found(): Known<C> | undefined } {
    let found = first;
    let assigned: readonly NdArray[] = [];
    let descended = false;
    const recognise = ({ inputs }: Pick<EngineCall, "inputs">): Known<C> => {
      const call = known.find(
        ({ item, read }) =>
          item.inputs.every(
            ({ file, dtype }, i) => same(read(file), inputs[i]) && (inputs[i] as EngineInput).dtype === dtype,
          ) && item.weights.every(({ file }, i) => same(read(file), assigned[i])),
      );
      if (!call) throw new Error("no such call was recorded");
      found = call;
      return call;
    };
    const outputs = ({ item, read }: Known<C>) => {
      this.#alter.call?.(item.id);
      this.#tensors += this.#alter.leak ?? 0;
      return item.outputs.map(({ file }) => this.#alter.output?.(item.id, read(file)) ?? read(file));
    };
    return {
      found: () => found,
      weights: () =>
        (found?.item.weights ?? []).map(({ path, trainable, file }) => ({
          path,
          trainable,
          shape: found?.read(file).shape ?? [],
        })),
      readWeights: async () => {
        const { item, read } = found ?? {};
        if (descended && item?.kind === "layer" && read)
          return item.weights.map(({ path, file }, at) => {
            const stepped = read(item.sgd_step?.weights[at] ?? file);
            return this.#alter.stepped?.(path, stepped) ?? stepped;
          });
        const after = item?.kind === "layer" ? item.state : undefined;
        return (item?.weights ?? []).flatMap(({ path, file }) =>
          read ? [read(after?.find((state) => state.path === path)?.file ?? file)] : [],
        );
      },
      setWeights: (values) => {
        assigned = values;
      },
      apply: async (call) => this.#result(recognise(call), call, outputs),
      gradients: async (call) => {
        const { item, read } = recognise(call);
        const derivative = (file: string | null) => (file === null ? null : read(file));
        return {
          outputs: outputs({ item, read }),
          inputs: (item.gradients?.inputs ?? []).map(derivative),
          weights: (item.gradients?.weights ?? []).map(derivative),
        };
      },
      descend: () => {
        descended = true;
      },
      plan: async (inputs) => outputs(recognise({ inputs })),
      dispose: () => {},
    };
  }

  #result<C extends LayerCase | ModelCase>(
    known: Known<C>,
    call: EngineCall,
    outputs: (known: Known<C>) => NdArray[],
  ): CallResult {
    const { item, read } = known;
    if (item.kind !== "layer") return { outputs: outputs(known), masks: [], losses: [] };
    if (call.calls !== item.calls || (call.mask === undefined) !== (item.mask === undefined))
      throw new Error("no such call was recorded");
    return {
      outputs: outputs(known),
      masks: item.outputs.map((_, at) => {
        const ref = item.output_masks?.[at];
        const mask = ref ? read(ref.file) : null;
        return this.#alter.mask ? this.#alter.mask(item.id, mask) : mask;
      }),
      losses: this.#alter.losses?.(item.id, item.losses) ?? item.losses,
    };
  }

  isPart(): boolean {
    return false;
  }

  construct(): void {}

  async value(
    _sort: Sort,
    object: Json,
    inputs: readonly NdArray[],
    made: { shape?: readonly number[] },
  ): Promise<NdArray> {
    const { item, read } = this.#value(object, inputs, made.shape);
    const output = item.outputs[0] ? read(item.outputs[0].file) : { shape: [], data: Float32Array.of(item.value ?? 0) };
    return this.#alter.output?.(item.id, output) ?? output;
  }

  async valueGradients(_sort: Sort, object: Json, inputs: readonly NdArray[]): Promise<readonly NdArray[]> {
    const { item, read } = this.#value(object, inputs);
    return (item.gradients?.inputs ?? []).map((file) => read(file));
  }

  #value(object: Json, inputs: readonly NdArray[], shape?: readonly number[]): Known<ValueCase> {
    const found = this.#values.get(keyOf(object, inputs, shape));
    if (!found) throw new Error("no such value was recorded");
    return found;
  }

  classify(error: unknown): Refusal {
    if (error instanceof Refused) return "refused";
    return error instanceof Unsupported ? "unsupported" : "broken";
  }

  memory() {
    return { tensors: this.#tensors };
  }

  reset(): void {}
}

function same(a: NdArray, b: NdArray | undefined): boolean {
  return (
    b !== undefined && a.shape.join() === b.shape.join() && a.data.every((value, i) => Object.is(value, b.data[i]))
  );
}

function keyOf(object: Json, inputs: readonly NdArray[], shape?: readonly number[]): string {
  return JSON.stringify([object, shape ?? null, inputs.map(({ shape: own, data }) => [own, Array.from(data, String)])]);
}
