/** A functional or sequential model of keras-ts as the replay sees it. */
import * as keras from "@keras-ts/core";
import type { Json, JsonObject, PartialShape } from "../suite/manifest.ts";
import type { NdArray } from "../suite/nd-array.ts";
import type { EngineInput, EngineModel } from "./engine.ts";
import { KerasCallable } from "./keras-callable.ts";
import { dispose, type Structure, tensorsIn, toArray, toTensor } from "./keras-tensors.ts";
import type { Tensor } from "./tf.ts";

export class KerasModel extends KerasCallable implements EngineModel {
  readonly #model: keras.Model;

  constructor(model: keras.Model) {
    super(model);
    this.#model = model;
  }

  get inputShapes(): readonly PartialShape[] {
    return this.#model.inputs.map(({ shape }) => shape);
  }

  get outputShapes(): readonly PartialShape[] {
    return this.#model.outputs.map(({ shape }) => shape);
  }

  toJson(): Json {
    return JSON.parse(this.#model.toJSON());
  }

  summary(keywords: JsonObject): string {
    const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    let printed = "";
    this.#model.summary({
      ...Object.fromEntries(Object.entries(keywords).map(([name, value]) => [camelCase(name), value])),
      printFn: (text) => {
        printed += text;
      },
    });
    return printed;
  }

  async layerOutputs(
    names: readonly string[],
    inputs: readonly EngineInput[],
    by: "eager" | "plan",
  ): Promise<readonly (NdArray | null)[]> {
    // A shared layer's own `output` may lie in another model: the call that counts is the one in this graph.
    const symbols = names.map((name) => {
      const nodes = this.#model.nodes.filter(({ operation }) => operation.name === name);
      return nodes.length === 1 && nodes[0]?.outputs.length === 1 ? (nodes[0].outputs[0] ?? null) : null;
    });
    const wanted = symbols.filter((symbol) => symbol !== null);
    const probe = new Probe({ inputs: this.#model.input, outputs: wanted }); // not disposed: its layers are the model's
    const found = by === "plan" ? await planned(probe, inputs) : await this.#eager(probe, inputs);
    return symbols.map((symbol) => (symbol ? (found[wanted.indexOf(symbol)] ?? null) : null));
  }

  async #eager(probe: Probe, inputs: readonly EngineInput[]): Promise<NdArray[]> {
    const tensors = inputs.map(toTensor);
    const outputs = tensorsIn(probe.apply<Structure<keras.Value>>(this.pack(tensors), { training: false }));
    try {
      return await Promise.all(outputs.map(toArray));
    } finally {
      dispose([...tensors, ...outputs]);
    }
  }

  /** In the structure of the model's inputs, whose leaves come in the order of sorted keys. */
  protected override pack(inputs: readonly Tensor[]): Structure<keras.Value> {
    return pack(this.#model.input, [...inputs]);
  }
}

/** A class of its own runs layer by layer and compiles nothing, which would have to be freed without freeing the layers. */
class Probe extends keras.Model {
  static override readonly className = "Probe";
}

async function planned(probe: Probe, inputs: readonly EngineInput[]): Promise<NdArray[]> {
  const plan = await keras.plan(probe, { inputShapes: inputs.map(({ shape }) => [...shape]) });
  try {
    const outputs = await plan.run(inputs.map(({ data }) => Float32Array.from(data)));
    return outputs.map((data, at) => ({ shape: plan.outputShapes[at] ?? [], data }));
  } finally {
    plan.dispose();
  }
}

function pack(structure: Structure<keras.KerasTensor>, rest: Tensor[]): Structure<keras.Value> {
  if (structure instanceof keras.KerasTensor) {
    const value = rest.shift();
    if (!value) throw new TypeError("the model has more inputs than the case");
    return value;
  }
  if (Array.isArray(structure)) return structure.map((item: Structure<keras.KerasTensor>) => pack(item, rest));
  return Object.fromEntries(
    Object.entries(structure)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, pack(item, rest)]),
  );
}
