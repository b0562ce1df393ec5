/** `geometry` and `error` cases: shapes without numbers, and what Keras refuses. */
import {
  type ErrorCase,
  type GeometryCase,
  isShapeList,
  type PartialShape,
  type ShapeOrShapes,
  type Stage,
} from "../suite/manifest.ts";
import { type NdArray, showShape, sizeOf } from "../suite/nd-array.ts";
import type { Engine } from "./engine.ts";
import type { Findings } from "./result.ts";

export function replayGeometry(engine: Engine, item: GeometryCase): Findings {
  const layer = engine.layer(item.layer);
  try {
    const found = layer.computeOutputShapes(item.input_shape).map(showShape).join(", ");
    const wanted = item.output_shapes.map(showShape).join(", ");
    return {
      comparisons: [],
      mismatches:
        found === wanted
          ? []
          : [`output shape of ${listed(item.input_shape).map(showShape).join(", ")}: expected ${wanted}, got ${found}`],
    };
  } finally {
    layer.dispose();
  }
}

/** Stages in the order in which a layer goes through them; asking for a shape is a road of its own. */
export async function replayError(engine: Engine, item: ErrorCase): Promise<Findings> {
  const outcome = await provoke(engine, item);
  const name = `${item.exception} at ${item.stage}`;
  if (outcome === null) return mismatch(`accepted; Keras raises ${name}: ${item.message}`);
  const { stage, error } = outcome;
  const message = error instanceof Error ? error.message : String(error);
  const refusal = engine.classify(error);
  if (refusal !== "refused") {
    // An UnsupportedError is a refusal of the backend, not the one that Keras's rules ask for.
    if (refusal === "unsupported") throw error;
    return mismatch(
      `raised ${error instanceof Error ? error.name : typeof error} at ${stage} instead of a ValueError: ${message}`,
    );
  }
  if (stage !== item.stage) return mismatch(`refused at ${stage}, Keras raises ${name}. Ours: ${message}`);
  const absent = item.mentions.filter((words) => !mentions(message, words));
  return absent.length === 0
    ? { comparisons: [], mismatches: [] }
    : mismatch(
        `the message does not mention ${absent.map((words) => JSON.stringify(words)).join(", ")}. Ours: ${message}`,
      );
}

function mismatch(text: string): Findings {
  return { comparisons: [], mismatches: [text] };
}

async function provoke(engine: Engine, item: ErrorCase): Promise<{ stage: Stage; error: unknown } | null> {
  const className = String(item.target["class_name"]);
  let stage: Stage = item.stage === "load" ? "load" : "construct";
  try {
    if (item.stage !== "load" && engine.isPart(className)) {
      engine.construct(item.target);
      return null;
    }
    // What Python wrote as keyword arguments has a class name and a config only; a file is taken as it is.
    const layer = engine.layer(item.document ?? { module: "keras.layers", registered_name: null, ...item.target });
    try {
      const shape = item.input_shape ?? [];
      if (item.build_shape) {
        stage = "build";
        layer.build(item.build_shape);
      }
      stage = item.stage;
      if (stage === "build") layer.build(shape);
      if (stage === "compute_output_shape") layer.computeOutputShapes(shape);
      if (stage === "call") await layer.apply({ inputs: listed(shape).map(zeros), training: null, calls: 1 });
    } finally {
      layer.dispose();
    }
  } catch (error) {
    return { stage, error };
  }
  return null;
}

function listed(shape: ShapeOrShapes): readonly PartialShape[] {
  return isShapeList(shape) ? shape : [shape];
}

/** One where a size is not known. */
function zeros(partial: PartialShape): NdArray {
  const shape = partial.map((n) => n ?? 1);
  return { shape, data: new Float32Array(sizeOf(shape)) };
}

/** Whether a message says `words`, in Python's spelling or in JavaScript's: `kernel_size` or `kernelSize`, `None` or `null`. */
export function mentions(message: string, words: string): boolean {
  const camel = (text: string) => text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const values = (text: string) =>
    text
      .replace(/\bNone\b/g, "null")
      .replace(/\bTrue\b/g, "true")
      .replace(/\bFalse\b/g, "false")
      .replace(/,\)/g, ")")
      .replace(/\(([^()]*)\)/g, "[$1]")
      .replace(/(\d)\.0\b/g, "$1");
  const plain = (text: string) => values(camel(text)).replaceAll("'", '"').replace(/\s+/g, " ").replace(/, /g, ",");
  return message.includes(words) || message.includes(camel(words)) || plain(message).includes(plain(words));
}
