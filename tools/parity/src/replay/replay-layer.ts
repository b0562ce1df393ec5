/** `layer` cases: one layer built as Keras built it, given Keras's weights, called eagerly, under a gradient, and planned. */
import type { Arrays } from "../suite/arrays.ts";
import { type Json, type LayerCase, type PartialShape, property } from "../suite/manifest.ts";
import { type NdArray, shapeMatches, showShape } from "../suite/nd-array.ts";
import { EPSILON, NORMAL_DRAW, RELATIVE } from "./agreement.ts";
import { type Comparison, compare } from "./compare.ts";
import type { Engine, EngineLayer, EngineWeight } from "./engine.ts";
import { firstDifference } from "./json-diff.ts";
import { type LayerNoise, layerNoise, lossNoise } from "./noise.ts";
import type { Findings, Mode } from "./result.ts";

/** Layers whose call in training cannot be planned: it draws random numbers or changes weights. */
const TRAINS_DIFFERENTLY = /Dropout|GaussianNoise|BatchNormalization|SpectralNormalization|^Random/;

/** Whether a case says anything about a mode. */
export function layerCaseHasMode(item: LayerCase, mode: Mode): boolean {
  if (mode === "gradient") return item.gradients !== undefined;
  if (mode === "plan") return !(item.training === true && TRAINS_DIFFERENTLY.test(String(item.layer["class_name"])));
  return true;
}

interface Replay {
  readonly item: LayerCase;
  readonly read: (file: string) => NdArray;
  readonly noise: LayerNoise;
  readonly lossNoise: number;
  readonly channelsFirst: boolean;
  readonly comparisons: Comparison[];
  readonly mismatches: string[];
}

export async function replayLayer(engine: Engine, item: LayerCase, arrays: Arrays, mode: Mode): Promise<Findings> {
  const noise = layerNoise(item, arrays);
  const replay: Replay = {
    item,
    read: (file) => {
      const array = arrays.get(file);
      if (!array) throw new Error(`${file} was not read`);
      return array;
    },
    noise,
    lossNoise: lossNoise(item, arrays, noise.output),
    channelsFirst: property(item.layer["config"], "data_format") === "channels_first",
    comparisons: [],
    mismatches: [],
  };
  const layer = engine.layer(item.layer);
  try {
    build(replay, layer);
    if (mode === "eager") {
      checkShapes(replay, layer);
      if (item.tags.includes("initial-weights")) await compareInitialWeights(replay, layer);
    }
    const weightsFit = checkWeights(replay, layer.weights());
    if (weightsFit) {
      layer.setWeights(item.weights.map(({ file }) => replay.read(file)));
      if (mode === "eager") await callEagerly(replay, layer);
      if (mode === "gradient") await callUnderGradient(replay, layer);
      if (mode === "plan") await runPlan(replay, layer);
      checkSerialized(replay, layer);
    }
  } finally {
    layer.dispose();
  }
  return replay;
}

/** As Keras does on loading: from the recorded shape, or from the input where none was recorded. */
function build({ item, read }: Replay, layer: EngineLayer): void {
  if (layer.built) return;
  const recorded = property(item.layer["build_config"], "input_shape");
  layer.build(
    Array.isArray(recorded)
      ? recorded.map((n) => (typeof n === "number" ? n : null))
      : withoutBatch(read(item.inputs[0]?.file ?? "").shape),
  );
}

function withoutBatch(shape: readonly number[]): PartialShape {
  return [null, ...shape.slice(1)];
}

function checkShapes({ item, read, mismatches }: Replay, layer: EngineLayer): void {
  const shapes = layer.computeOutputShapes(withoutBatch(read(item.inputs[0]?.file ?? "").shape));
  const wanted = item.output_shapes.map(showShape).join(", ");
  const found = shapes.map(showShape).join(", ");
  if (found !== wanted) mismatches.push(`computeOutputShape: expected ${wanted}, got ${found}`);
}

/** Whether Keras's values can be assigned at all. */
function checkWeights({ item, read, mismatches }: Replay, weights: readonly EngineWeight[]): boolean {
  const show = (list: readonly EngineWeight[]) =>
    list
      .map(({ path, shape, trainable }) => `${path} ${showShape(shape)}${trainable ? "" : " (not trainable)"}`)
      .join(", ") || "none";
  const wanted = item.weights.map(({ path, file, trainable }) => ({ path, trainable, shape: read(file).shape }));
  if (show(weights) !== show(wanted)) mismatches.push(`weights: expected ${show(wanted)}; got ${show(weights)}`);
  return (
    weights.length === wanted.length && wanted.every(({ shape }, at) => shapeMatches(shape, weights[at]?.shape ?? []))
  );
}

function checkSerialized({ item, mismatches }: Replay, layer: EngineLayer): void {
  const difference = firstDifference(layer.serialize(), item.layer);
  if (difference !== null) mismatches.push(`serialize: ${difference}`);
}

async function compareInitialWeights({ item, read, comparisons }: Replay, layer: EngineLayer): Promise<void> {
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

/** 0 where the initializer's numbers are exact, else how far normal draws may be off, relative to themselves. */
export function drawnWith(config: Json, weightName: string): number {
  const role = weightName.replace(/_?kernel$/, "");
  const candidates = [
    `${weightName}_initializer`,
    `${role}_initializer`,
    ...(weightName === "kernel" ? ["kernel_initializer", "depthwise_initializer"] : []),
  ];
  const initializer = candidates.map((name) => property(config, name)).find((found) => found !== undefined);
  return initializer === undefined ? 0 : initializerSpread(initializer);
}

/** The same for an initializer in its serialized form. */
export function initializerSpread(initializer: Json): number {
  const className = String(property(initializer, "class_name") ?? initializer);
  if (/orthogonal/i.test(className)) return 64 * EPSILON; // a QR factorisation: rounding of a few dozen reflections
  if (/^stft/i.test(className)) return RELATIVE; // a sine, a window's value, their product and a quotient, each rounded
  const distribution = String(property(property(initializer, "config"), "distribution") ?? "");
  return /normal/i.test(className) || /normal/.test(distribution) ? NORMAL_DRAW : 0;
}

async function callEagerly(replay: Replay, layer: EngineLayer): Promise<void> {
  const { item, read, comparisons, mismatches, noise } = replay;
  const { outputs, losses } = await layer.apply(
    item.inputs.map(({ file }) => read(file)),
    item.training,
  );
  compareOutputs(replay, outputs);
  if (losses.length !== item.losses.length)
    mismatches.push(`losses: expected ${item.losses.length}, got ${losses.length}`);
  else if (losses.length > 0) {
    const expected = { shape: [losses.length], data: Float32Array.from(item.losses) };
    comparisons.push(
      compare(
        { shape: [losses.length], data: Float32Array.from(losses) },
        { what: "losses", expected, noise: replay.lossNoise },
      ),
    );
  }
  if (!item.state) return;
  const after = await layer.readWeights();
  const paths = layer.weights().map(({ path }) => path);
  for (const { path, file } of item.state) {
    const actual = after[paths.indexOf(path)];
    if (actual)
      comparisons.push(compare(actual, { what: `${path} after the call`, expected: read(file), noise: noise.output }));
    else mismatches.push(`state: no weight ${path} after the call`);
  }
}

async function callUnderGradient(replay: Replay, layer: EngineLayer): Promise<void> {
  const { item, read, comparisons, mismatches, noise } = replay;
  const { gradients } = item;
  if (!gradients) return;
  const result = await layer.gradients(
    item.inputs.map(({ file }) => read(file)),
    gradients.upstream.map(read),
    item.training,
  );
  compareOutputs(replay, result.outputs);
  const one = (what: string, actual: NdArray | null | undefined, file: string | null, scale: number) => {
    if (file === null) {
      if (actual) mismatches.push(`${what}: expected none, got one of shape ${showShape(actual.shape)}`);
    } else if (!actual) mismatches.push(`${what}: expected shape ${showShape(read(file).shape)}, got none`);
    else
      comparisons.push(
        compare(actual, {
          what,
          expected: read(file),
          noise: scale,
          channelsFirst: replay.channelsFirst && what === "gradient of the input",
        }),
      );
  };
  gradients.inputs.forEach((file, at) =>
    one(
      item.inputs.length > 1 ? `gradient of input ${at}` : "gradient of the input",
      result.inputs[at],
      file,
      noise.input,
    ),
  );
  gradients.weights.forEach((file, at) => {
    const path = item.weights[at]?.path ?? "";
    one(`gradient of ${path}`, result.weights[at], file, noise.weight(path.split("/").at(-1) ?? ""));
  });
}

async function runPlan(replay: Replay, layer: EngineLayer): Promise<void> {
  compareOutputs(replay, await layer.plan(replay.item.inputs.map(({ file }) => replay.read(file))));
}

function compareOutputs(
  { item, read, comparisons, mismatches, noise, channelsFirst }: Replay,
  outputs: readonly NdArray[],
): void {
  if (outputs.length !== item.outputs.length)
    mismatches.push(`outputs: expected ${item.outputs.length}, got ${outputs.length}`);
  item.outputs.forEach(({ file }, at) => {
    const actual = outputs[at];
    if (!actual) return;
    const wide = item.outputs_float64?.[at];
    comparisons.push(
      compare(actual, {
        what: item.outputs.length > 1 ? `output ${at}` : "output",
        expected: read(file),
        truth: wide ? read(wide.file) : undefined,
        noise: noise.output,
        channelsFirst,
      }),
    );
  });
}
