/** `model` cases: a model made of Keras's JSON, given Keras's weights, called eagerly, under a gradient, and planned. */
import type { Arrays } from "../suite/arrays.ts";
import type { Json, ModelCase, PartialShape } from "../suite/manifest.ts";
import { isObject } from "../suite/manifest.ts";
import { showShape } from "../suite/nd-array.ts";
import { compare } from "./compare.ts";
import type { Engine, EngineModel } from "./engine.ts";
import { firstDifference } from "./json-diff.ts";
import { modelNoise } from "./noise/models.ts";
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

/** Whether a case is about the model's JSON and summary alone. */
export function isDescriptionOnly(item: ModelCase): boolean {
  return item.inputs.length === 0;
}

/** Whether a case says anything about a mode. */
export function modelCaseHasMode(item: ModelCase, mode: Mode): boolean {
  if (mode === "eager") return true;
  return !isDescriptionOnly(item) && (mode === "plan" || hasGradients(item));
}

type ModelCall = RecordedCall<ModelCase>;

export async function replayModel(engine: Engine, item: ModelCase, arrays: Arrays, mode: Mode): Promise<Findings> {
  const text = item.text ?? "";
  const noise = modelNoise(item, arrays);
  const recorded: ModelCall = {
    item,
    read: readerOf(arrays),
    noise,
    channelsFirst: false,
    comparisons: [],
    mismatches: [],
  };
  const model = engine.model(text);
  try {
    if (mode === "eager") checkDescription(recorded, model, text);
    if (isDescriptionOnly(item) || !checkWeights(recorded, model.weights())) return recorded;
    model.setWeights(item.weights.map(({ file }) => recorded.read(file)));
    const call = { inputs: inputsOf(recorded), training: false, calls: 1 };
    if (mode === "eager") {
      const { outputs } = await model.apply(call);
      await compareLayers(recorded, model, "eager", noise.layer);
      compareOutputs(recorded, outputs);
    }
    if (mode === "gradient") await callUnderGradient(recorded, model, call);
    if (mode === "plan") {
      await compareLayers(recorded, model, "plan", noise.layer);
      // A plan of its own, in which layers may be folded into one another.
      compareOutputs(recorded, await model.plan(call.inputs));
    }
  } finally {
    model.dispose();
  }
  return recorded;
}

function checkDescription({ item, mismatches }: ModelCall, model: EngineModel, text: string): void {
  const difference = firstDifference(withoutSharedIds(model.toJson()), withoutSharedIds(JSON.parse(text)));
  if (difference !== null) mismatches.push(`toJSON: ${difference}`);
  const shapes = (name: string, found: readonly PartialShape[], wanted: readonly PartialShape[] | undefined) => {
    const [ours, theirs] = [found, wanted ?? found].map((list) => list.map(showShape).join(", "));
    if (ours !== theirs) mismatches.push(`${name}: expected ${theirs}, got ${ours}`);
  };
  if (item.input_shapes) shapes("input shape", model.inputShapes, item.input_shapes);
  if (item.output_shapes) shapes("output shape", model.outputShapes, item.output_shapes);
  for (const { arguments: keywords, text: wanted } of item.summaries) {
    const line = firstDifferentLine(model.summary(keywords), wanted);
    if (line !== null) mismatches.push(`summary(${JSON.stringify(keywords).slice(1, -1)}), ${line}`);
  }
}

/** Python writes an object's address where layers share it: another number in every process. */
function withoutSharedIds(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutSharedIds);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (key === "shared_object_id" ? [] : [[key, withoutSharedIds(item)]])),
  );
}

/** Python's text ends its last line; what ends ours is whoever prints it. */
function firstDifferentLine(actual: string, expected: string): string | null {
  const linesOf = (text: string) => text.replace(/\n$/, "").split("\n");
  const [ours, theirs] = [linesOf(actual), linesOf(expected)];
  const at = Array.from({ length: Math.max(ours.length, theirs.length) }).findIndex((_, i) => ours[i] !== theirs[i]);
  const show = (line: string | undefined) => (line === undefined ? "no more lines" : JSON.stringify(line));
  return at < 0 ? null : `line ${at + 1}: expected ${show(theirs[at])}, got ${show(ours[at])}`;
}

/** Layer by layer up to the first that differs: what comes after it differs because of it. */
async function compareLayers(
  recorded: ModelCall,
  model: EngineModel,
  by: "eager" | "plan",
  noiseOf: (at: number) => number,
): Promise<void> {
  const { item, read, comparisons, mismatches } = recorded;
  if (item.layers.length === 0) return;
  const outputs = await model.layerOutputs(
    item.layers.map(({ name }) => name),
    inputsOf(recorded),
    by,
  );
  for (const [at, { name, file }] of item.layers.entries()) {
    const actual = outputs[at];
    if (!actual) {
      mismatches.push(`layers: no layer "${name}" with one output`);
      return;
    }
    const comparison = compare(actual, { what: `layer "${name}"`, expected: read(file), noise: noiseOf(at) });
    comparisons.push(comparison);
    if (!comparison.agrees) return;
  }
}
