/** The classes of `write_keras_files.py` in TypeScript. */
import * as keras from "@keras-ts/core";

const registered = keras.saving.registerKerasSerializable("saving_test");

/** Layers in properties, lists, lists of lists and records; a weight of its own; a private property. */
export class Block extends keras.Layer {
  static override readonly className = "Block";
  readonly blocks = [
    new keras.Conv1D({ filters: 2, kernelSize: 1, name: "first" }),
    [new keras.Conv1D({ filters: 2, kernelSize: 1, name: "second" })],
    { a: new keras.Dense({ units: 2, name: "third" }) },
    new keras.Conv1D({ filters: 2, kernelSize: 1, name: "fourth" }),
  ] as const;
  readonly zeta = new keras.Conv1D({ filters: 2, kernelSize: 1, name: "zeta" });
  readonly alphaBeta = new keras.Dense({ units: 2, name: "alpha" });
  readonly table = { x: new keras.Dense({ units: 2, name: "table" }) };
  readonly _hidden = new keras.Dense({ units: 2, name: "hidden" });
  scale: keras.KerasVariable | null = null;

  get #all(): readonly keras.Layer[] {
    const [first, [second], { a }, fourth] = this.blocks;
    return [first, second, a, fourth, this.zeta, this.alphaBeta, this.table.x, this._hidden];
  }

  override build(inputShape: keras.Shapes): void {
    for (const layer of this.#all) layer.ensureBuilt([inputShape as keras.PartialShape]);
    this.scale = this.addWeight({ name: "scale", shape: [2], initializer: new keras.initializers.Ones() });
    super.build(inputShape);
  }

  override call(inputs: keras.Value): keras.Value {
    const x = this.#all.reduce<keras.Value>((value, layer) => layer.apply(value), inputs);
    return this.scale ? keras.ops.multiply(x, this.scale) : x;
  }

  override computeOutputShape(inputShape: keras.Shapes): keras.Shapes {
    return inputShape;
  }
}

/** A model with a call of its own. */
export class Net extends keras.Model {
  static override readonly className = "Net";
  readonly blocks = [
    new keras.Conv1D({ filters: 2, kernelSize: 1 }),
    new keras.Conv1D({ filters: 2, kernelSize: 1 }),
  ] as const;
  readonly zeta = new keras.Conv1D({ filters: 2, kernelSize: 1 });
  readonly alpha = new keras.Dense({ units: 2 });
  readonly table = { x: new keras.Dense({ units: 2 }) };

  override call(inputs: keras.Value): keras.Value {
    const layers = [...this.blocks, this.zeta, this.alpha, this.table.x];
    return layers.reduce<keras.Value>((value, layer) => layer.apply(value), inputs);
  }
}

registered(Block);
registered(Net);
