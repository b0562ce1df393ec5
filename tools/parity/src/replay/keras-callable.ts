/** A layer or model of keras-ts as the replay calls it: arrays in, arrays out, eagerly, under a tape, planned. */
import * as keras from "@keras-ts/core";
import type { NdArray } from "../suite/nd-array.ts";
import type { CallResult, EngineCall, EngineCallable, EngineInput, EngineWeight, GradientResult } from "./engine.ts";
import { takesMask, withMasks } from "./keras-mask.ts";
import {
  asScalar,
  asTensor,
  dispose,
  type Structure,
  tensorsIn,
  toArray,
  toTensor,
  toVariable,
  zerosOf,
} from "./keras-tensors.ts";
import { engine, type NamedTensorMap, type Scalar, type Tensor, train, Variable } from "./tf.ts";

export class KerasCallable implements EngineCallable {
  readonly #layer: keras.Layer;

  constructor(layer: keras.Layer) {
    this.#layer = layer;
  }

  weights(): readonly EngineWeight[] {
    const trainable = new Set(this.#layer.trainableWeights);
    return this.#layer.weights.map((weight) => ({
      path: this.pathOf(weight.path),
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

  async apply(call: EngineCall): Promise<CallResult> {
    const inputs = call.inputs.map(toTensor);
    const rest = besides(call);
    const made: Tensor[] = [];
    try {
      for (let left = call.calls - 1; left > 0; left--) dispose(this.#call(inputs, rest));
      const outputs = this.#call(inputs, rest);
      made.push(...outputs);
      const losses = this.#layer.losses;
      made.push(...losses);
      return {
        outputs: await Promise.all(outputs.map(toArray)),
        masks: await Promise.all(outputs.map((output) => maskOf(output))),
        losses: await Promise.all(losses.map(async (loss) => (await loss.data())[0] ?? Number.NaN)),
      };
    } finally {
      dispose([...inputs, ...tensorsOf(rest), ...made]);
    }
  }

  async gradients(call: EngineCall, upstream: readonly (NdArray | null)[]): Promise<GradientResult> {
    const points = call.inputs.map((input) => (input.dtype === "int32" ? toTensor(input) : toVariable(input)));
    const factors = upstream.map((array) => (array ? toTensor(array) : null));
    const rest = besides(call);
    const variables = points.filter((point) => point instanceof Variable);
    const trainable = this.#layer.trainableWeights.map(({ value }) => value);
    let outputs: Tensor[] = [];
    try {
      for (let left = call.calls - 1; left > 0; left--) dispose(this.#call(points, rest));
      const by: Tensor[] = [...variables, ...trainable];
      const { value, grads } = engine().gradients(
        () => {
          const found = this.#call(points, rest);
          outputs = found.map((output) => engine().keep(output.clone()));
          return scalarProduct(found, factors);
        },
        by,
        undefined,
        true, // a dropout of everything has no derivatives at all
      );
      // A derivative that nothing reaches is zero: the tape has no entry for it, JAX has zeros.
      const read = async (of: Tensor): Promise<NdArray | null> => {
        const at = by.indexOf(of);
        return at < 0 ? null : grads[at] ? toArray(grads[at]) : zerosOf(of.shape);
      };
      const result: GradientResult = {
        outputs: await Promise.all(outputs.map(toArray)),
        inputs: await Promise.all(points.map(read)),
        weights: await Promise.all(this.#layer.weights.map((weight) => read(weight.value))),
      };
      dispose([value, ...grads.filter((gradient) => gradient)]);
      return result;
    } finally {
      dispose([...points, ...factors.filter((factor) => factor !== null), ...tensorsOf(rest), ...outputs]);
    }
  }

  descend(gradients: readonly (NdArray | null)[], learningRate: number): void {
    const byName: NamedTensorMap = {};
    this.#layer.weights.forEach(({ value }, at) => {
      const gradient = gradients[at];
      if (gradient) byName[value.name] = toTensor(gradient);
    });
    const optimizer = train.sgd(learningRate);
    optimizer.applyGradients(byName);
    keras.applyConstraints(this.#layer);
    optimizer.dispose();
    dispose(Object.values(byName));
  }

  async plan(inputs: readonly EngineInput[]): Promise<readonly NdArray[]> {
    const plan = await keras.plan(this.#layer, { inputShapes: inputs.map(({ shape }) => [...shape]) });
    try {
      // First on other numbers: what a run leaves behind in the plan's buffers must not be seen by the next.
      await plan.run(inputs.map(otherNumbers));
      const outputs = await plan.run(inputs.map(({ data }) => Float32Array.from(data)));
      return outputs.map((data, at) => ({ shape: plan.outputShapes[at] ?? [], data }));
    } finally {
      plan.dispose();
    }
  }

  dispose(): void {
    this.#layer.dispose();
  }

  /** A weight's path as the manifest has it. */
  protected pathOf(path: string): string {
    return path;
  }

  /** The inputs as `apply` takes them: one by itself, several as a list. */
  protected pack(inputs: readonly Tensor[]): Structure<keras.Value> {
    const [only] = inputs;
    return inputs.length === 1 && only ? only : inputs;
  }

  #call(given: readonly Tensor[], { training, initialState, masks }: CallTensors): Tensor[] {
    const asOption = masks && takesMask(this.#layer);
    const inputs = masks && !asOption ? withMasks(given, masks) : given;
    const outputs = this.#layer.apply<Structure<keras.Value>>(this.pack(inputs), {
      ...(training === null ? {} : { training }),
      ...(asOption ? { mask: masks.length === 1 ? (masks[0] ?? null) : masks } : {}),
      ...(initialState ? { initialState } : {}),
    });
    if (engine().state.gradientDepth === 0) dispose(inputs.filter((input) => !given.includes(input)));
    return tensorsIn(outputs);
  }
}

/** Indices must stay indices of something: they only change places. */
function otherNumbers({ data, dtype }: EngineInput): Float32Array {
  return dtype === "int32" ? Float32Array.from(data).reverse() : Float32Array.from(data, (value) => 1 - value);
}

/** What a call takes besides its inputs. */
interface CallTensors {
  readonly training: boolean | null;
  readonly masks: readonly (Tensor | null)[] | null;
  readonly initialState: readonly Tensor[] | null;
}

function besides({ training, mask, initialState }: EngineCall): CallTensors {
  return {
    training,
    masks: mask?.map((array) => (array ? toTensor(array) : null)) ?? null,
    initialState: initialState?.map(toTensor) ?? null,
  };
}

function tensorsOf({ masks, initialState }: CallTensors): Tensor[] {
  return [...(masks ?? []), ...(initialState ?? [])].filter((item) => item !== null);
}

async function maskOf(output: Tensor): Promise<NdArray | null> {
  const mask = keras.maskOf(output);
  return mask === null ? null : toArray(asTensor(mask));
}

/** The sum of `output * upstream` over all outputs by the library's own ops, so that the tape passes through them. */
export function scalarProduct(outputs: readonly Tensor[], upstream: readonly (Tensor | null)[]): Scalar {
  const parts = outputs.flatMap((output, at) => {
    const factor = upstream[at];
    return factor ? [asTensor(keras.ops.sum(keras.ops.multiply(output, factor)))] : [];
  });
  const [first, ...rest] = parts;
  if (!first) throw new TypeError("no output has an upstream");
  return asScalar(rest.reduce((total, part) => asTensor(keras.ops.add(total, part)), first));
}
