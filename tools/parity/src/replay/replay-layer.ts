/** `layer` cases: one layer built as Keras built it, given Keras's weights, called eagerly, under a gradient, and planned. */
import type { Arrays } from "../suite/arrays.ts";
import {
  isObject,
  type Json,
  type LayerCase,
  type PartialShape,
  property,
  type ShapeOrShapes,
} from "../suite/manifest.ts";
import { type NdArray, showShape } from "../suite/nd-array.ts";
import { compare } from "./compare.ts";
import type { CallResult, Engine, EngineCall, EngineLayer } from "./engine.ts";
import { drawnWith } from "./initial-weights.ts";
import { firstDifference } from "./json-diff.ts";
import { layerNoise, lossNoise } from "./noise/layers.ts";
import { stepNoise } from "./noise/step.ts";
import {
  callUnderGradient,
  checkWeights,
  compareOutputs,
  hasGradients,
  inputsOf,
  type RecordedCall,
  readerOf,
} from "./recorded-call.ts";
import type { Findings, Mode } from "./result.ts";

/** Layers whose call in training is not the planned one: it draws random numbers, changes weights, or asks for `training`. */
const TRAINS_DIFFERENTLY = /Dropout|Gaussian|BatchNormalization|SpectralNormalization|^Random|^Lambda$/;

/** Whether a case says anything about a mode. */
export function layerCaseHasMode(item: LayerCase, mode: Mode): boolean {
  if (mode === "gradient") return hasGradients(item);
  return mode === "eager" || canBePlanned(item);
}

/** A plan is a function of its inputs alone, in inference: no masks, no states, nothing that is different the next time. */
function canBePlanned({ layer, mask, initial_state, calls, training }: LayerCase): boolean {
  if (mask || initial_state || calls > 1) return false;
  return !somewhere(layer, (part) => {
    if (property(part["config"], "stateful") === true) return true;
    if (training !== true) return false;
    const drops = ["dropout", "recurrent_dropout"].some((name) => Number(property(part["config"], name) ?? 0) > 0);
    return drops || TRAINS_DIFFERENTLY.test(String(part["class_name"] ?? ""));
  });
}

/** Whether a test holds for any object inside a value: wrappers hold the layers that they wrap. */
function somewhere(value: Json | undefined, test: (part: Record<string, Json | undefined>) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item: Json) => somewhere(item, test));
  return isObject(value) && (test(value) || Object.values(value).some((item) => somewhere(item, test)));
}

type LayerCall = RecordedCall<LayerCase>;

export async function replayLayer(engine: Engine, item: LayerCase, arrays: Arrays, mode: Mode): Promise<Findings> {
  const recorded: LayerCall = {
    item,
    read: readerOf(arrays),
    noise: layerNoise(item, arrays),
    channelsFirst: property(item.layer["config"], "data_format") === "channels_first",
    comparisons: [],
    mismatches: [],
  };
  const layer = engine.layer(item.layer);
  try {
    build(recorded, layer);
    if (mode === "eager") {
      checkShapes(recorded, layer);
      if (item.tags.includes("initial-weights")) await compareInitialWeights(recorded, layer);
    }
    if (checkWeights(recorded, layer.weights())) {
      layer.setWeights(item.weights.map(({ file }) => recorded.read(file)));
      if (mode === "eager") await callEagerly(recorded, layer, lossNoise(item, arrays, recorded.noise.output(0)));
      if (mode === "gradient") await trainOnce(recorded, layer);
      if (mode === "plan") compareOutputs(recorded, await layer.plan(inputsOf(recorded)));
      checkSerialized(recorded, layer);
    }
  } finally {
    layer.dispose();
  }
  return recorded;
}

/** Derivatives, and what one step along them makes of the weights where the case says it. */
async function trainOnce(recorded: LayerCall, layer: EngineLayer): Promise<void> {
  const { item, read, comparisons, noise } = recorded;
  const derivatives = await callUnderGradient(recorded, layer, callOf(recorded));
  if (!item.sgd_step || !derivatives) return;
  layer.descend(derivatives, item.sgd_step.learning_rate);
  const after = await layer.readWeights();
  for (const [at, file] of item.sgd_step.weights.entries()) {
    const [weight, actual] = [item.weights[at], after[at]];
    if (!weight || !actual || file === null) continue; // counted by checkWeights; a frozen one has no derivative
    const what = `${weight.path} after a step`;
    comparisons.push(
      compare(actual, { what, expected: read(file), noise: stepNoise(recorded, at, noise.weight(weight.path)) }),
    );
  }
}

function callOf(recorded: LayerCall): EngineCall {
  const { item, read } = recorded;
  return {
    inputs: inputsOf(recorded),
    training: item.training,
    calls: item.calls,
    ...(item.mask ? { mask: item.mask.map((ref) => (ref ? read(ref.file) : null)) } : {}),
    ...(item.initial_state ? { initialState: item.initial_state.map(({ file }) => read(file)) } : {}),
  };
}

/** As Keras does on loading: from the recorded shape, or from the inputs where none was recorded. */
function build(recorded: LayerCall, layer: EngineLayer): void {
  if (layer.built) return;
  layer.build(recordedShape(property(recorded.item.layer["build_config"], "input_shape")) ?? batchlessShape(recorded));
}

function recordedShape(value: Json | undefined): ShapeOrShapes | null {
  if (!Array.isArray(value)) return null;
  const shape = (sizes: readonly Json[]): PartialShape => sizes.map((n) => (typeof n === "number" ? n : null));
  const isShape = (item: Json): item is readonly Json[] => Array.isArray(item);
  return value.length > 0 && value.every(isShape) ? value.map(shape) : shape(value);
}

/** The shape of the inputs with the batch size left open; a list where the layer takes one. */
function batchlessShape({ item, read }: LayerCall): ShapeOrShapes {
  const shapes = item.inputs.map(({ file }): PartialShape => [null, ...read(file).shape.slice(1)]);
  return shapes.length === 1 ? (shapes[0] ?? []) : shapes;
}

function checkShapes(recorded: LayerCall, layer: EngineLayer): void {
  const wanted = recorded.item.output_shapes.map(showShape).join(", ");
  const found = layer.computeOutputShapes(batchlessShape(recorded)).map(showShape).join(", ");
  if (found !== wanted) recorded.mismatches.push(`computeOutputShape: expected ${wanted}, got ${found}`);
}

function checkSerialized({ item, mismatches }: LayerCall, layer: EngineLayer): void {
  const difference = firstDifference(layer.serialize(), item.layer);
  if (difference !== null) mismatches.push(`serialize: ${difference}`);
}

async function compareInitialWeights({ item, read, comparisons }: LayerCall, layer: EngineLayer): Promise<void> {
  const config = item.layer["config"] ?? null;
  for (const [at, actual] of (await layer.readWeights()).entries()) {
    const weight = item.weights[at];
    if (!weight) continue;
    const spread = drawnWith(config, weight.path.split("/").at(-1) ?? "");
    comparisons.push(
      compare(actual, { what: `initial ${weight.path}`, expected: read(weight.file), noise: 0, relativeOnly: spread }),
    );
  }
}

async function callEagerly(recorded: LayerCall, layer: EngineLayer, allowedLoss: number): Promise<void> {
  const result = await layer.apply(callOf(recorded));
  compareOutputs(recorded, result.outputs);
  compareMasks(recorded, result);
  compareLosses(recorded, result, allowedLoss);
  await compareState(recorded, layer);
}

function compareMasks({ item, read, comparisons, mismatches }: LayerCall, { masks }: CallResult): void {
  item.outputs.forEach((_, at) => {
    const wanted = item.output_masks?.[at] ?? null;
    const actual: NdArray | null = masks[at] ?? null;
    const what = item.outputs.length > 1 ? `mask of output ${at}` : "mask of the output";
    if (wanted && actual)
      comparisons.push(compare(actual, { what, expected: read(wanted.file), noise: 0, relativeOnly: 0 }));
    else if (wanted) mismatches.push(`${what}: expected shape ${showShape(read(wanted.file).shape)}, got none`);
    else if (actual) mismatches.push(`${what}: expected none, got one of shape ${showShape(actual.shape)}`);
  });
}

function compareLosses({ item, comparisons, mismatches }: LayerCall, { losses }: CallResult, noise: number): void {
  if (losses.length !== item.losses.length) {
    mismatches.push(`losses: expected ${item.losses.length}, got ${losses.length}`);
    return;
  }
  if (losses.length === 0) return;
  const list = (values: readonly number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
  comparisons.push(compare(list(losses), { what: "losses", expected: list(item.losses), noise }));
}

/** Weights after the call; those of which the case says nothing must not have changed. */
async function compareState(recorded: LayerCall, layer: EngineLayer): Promise<void> {
  const { item, read, comparisons, mismatches, noise } = recorded;
  if (!item.state && item.weights.every(({ trainable }) => trainable)) return;
  const after = await layer.readWeights();
  const paths = layer.weights().map(({ path }) => path);
  const told = item.state ?? item.weights.filter(({ trainable }) => !trainable);
  for (const { path, file } of told) {
    const actual = after[paths.indexOf(path)];
    const what = `${path} after the call`;
    if (!actual) mismatches.push(`state: no weight ${path} after the call`);
    else if (item.state) comparisons.push(compare(actual, { what, expected: read(file), noise: noise.state(path) }));
    else if (!compare(actual, { what, expected: read(file), noise: 0, relativeOnly: 0 }).agrees)
      mismatches.push(`state: ${path} changed in the call`);
  }
}
