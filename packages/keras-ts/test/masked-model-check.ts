/** A drawn layer behind a `Masking` layer, as a model: called, and planned, which a layer with a mask by itself cannot be. */
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import type { ExpectedOutput } from "../../conformance/src/layers/index.ts";
import type { Draw } from "./layer-draw.ts";
import { outputProblems } from "./output-problems.ts";
import { BLANK, blanksSteps, isOverFeatures, listOf, type Numbers, tensorFrom } from "./prepared-layer.ts";

/** Whether `Masking` finds the mask of the call in its input. */
export function hasMaskOfFeatures(draw: Draw, { masks }: Numbers): boolean {
  const { inputs, indices } = draw;
  if (!blanksSteps(draw)) return false;
  const [[shape = []], [mask = null]] = [inputs, masks];
  return inputs.length === 1 && indices === undefined && shape.length > 2 && isOverFeatures(mask?.shape ?? [], shape);
}

/** What is wrong with the outputs of the model. The states, where there are any, are inputs of it. */
export async function* maskedModelProblems(
  layer: keras.Layer,
  { inputs, states }: Pick<Numbers, "inputs" | "states">,
  expected: readonly ExpectedOutput[],
): AsyncGenerator<string> {
  const where = states.length > 0 ? "behind Masking, with states" : "behind Masking";
  const given = [...inputs, ...states];
  const [symbol, ...initialState] = given.map(({ shape }) => keras.Input({ batchShape: shape }));
  if (!symbol) return;
  const masked = new keras.Masking({ maskValue: BLANK }).apply<keras.KerasTensor>(symbol);
  const options = states.length > 0 ? { initialState } : {};
  const symbols = layer.apply<keras.KerasTensor | keras.KerasTensor[]>(masked, options);
  const model = new keras.Model({ inputs: [symbol, ...initialState], outputs: symbols });
  const xs = given.map(tensorFrom);
  const outputs = listOf(model.apply<tf.Tensor | tf.Tensor[]>(xs));
  yield* outputProblems(where, await Promise.all(outputs.map((y) => y.data())), expected);
  tf.dispose([...xs, ...outputs]);
  const plan = await keras.plan(model, { inputShapes: given.map(({ shape }) => shape) });
  yield* outputProblems(`${where}, planned`, await plan.run(given.map(({ values }) => values)), expected);
  plan.dispose();
  model.dispose(); // what it was compiled to keeps constants; the layer, the last use of which this is, goes with it
}
