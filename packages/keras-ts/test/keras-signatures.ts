/** What fixtures/signatures.json says of Keras's constructors, and its values as arguments of ours. */
import { readFileSync } from "node:fs";
import * as keras from "@keras-ts/core";

/** A class as Keras has it. Names and configs in Keras's spelling. */
export interface Signature {
  /** Other names of the class. */
  readonly aliases: readonly string[];
  /** The arguments without which a layer cannot be made (but for a Lambda's function). */
  readonly required: keras.KerasConfig;
  /** The config of a layer made of those. Null: byte code. */
  readonly config: keras.KerasConfig | null;
  /** `data_format` of a layer made while channels_first is the default. */
  readonly channels_first: string | null;
  readonly arguments: readonly SignatureArgument[];
}

/** An optional argument, another value than its default (with what it needs beside it), and what Keras makes of that. */
export interface SignatureArgument {
  readonly name: string;
  readonly default: keras.JsonValue;
  readonly given: keras.KerasConfig;
  readonly config?: keras.KerasConfig | null;
  readonly refused?: string;
}

export interface Signatures {
  readonly keras: string;
  /** Arguments of `keras.Input` and their defaults. */
  readonly input: keras.KerasConfig;
  readonly sequential: keras.KerasConfig;
  readonly classes: Readonly<Record<string, Signature>>;
}

/** Reads the file that the fixture generator wrote. */
export function readSignatures(): Signatures {
  const file = new URL("../../../fixtures/signatures.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Signatures;
}

export interface LayerClass {
  readonly className: string;
  readonly argumentNames: readonly string[] | null;
  new (args: object): keras.Layer;
}

/** Our class of this name, or alias. */
export function classNamed(name: string): LayerClass {
  const found: unknown = (keras as Readonly<Record<string, unknown>>)[name];
  if (typeof found === "function" && found.prototype instanceof keras.Layer) return found as LayerClass;
  throw new Error(`keras-ts exports no layer class ${name}.`);
}

/** `kernel_size` → `kernelSize`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Keras's arguments as ours: names in camel case, layers alive. */
export function argumentsOf(className: string, given: keras.KerasConfig): Record<string, unknown> {
  const entries = Object.entries(given).map(([name, value]) => [camelCase(name), alive(value)]);
  return { ...(className === "Lambda" ? { function: (x: keras.Value) => x } : {}), ...Object.fromEntries(entries) };
}

/** Layers inside become layers; initializers, regularizers and constraints are taken as configs. */
function alive(value: keras.JsonValue): unknown {
  const isLayer = isRecord(value) && value["module"] === "keras.layers";
  return isLayer ? keras.layers.deserialize(value as keras.KerasObjectJson) : value;
}

function isRecord(value: keras.JsonValue): value is Readonly<Record<string, keras.JsonValue>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A shape (or a list of shapes) that a layer of this class can be built with. */
export function inputShapeOf(className: string): number[] | number[][] {
  const rank = Number(/(\d)D/.exec(className)?.[1] ?? 0);
  const space = Array.from({ length: rank }, () => 7);
  if (MERGING.includes(className)) {
    return [
      [2, 3, 3],
      [2, 3, 3],
    ];
  }
  if (className.startsWith("ConvLSTM")) return [2, 3, ...space, 3];
  if (rank > 0) return [2, ...space, 3];
  if (["Resizing", "CenterCrop"].includes(className)) return [2, 8, 4, 3];
  if (["RepeatVector", "Reshape"].includes(className)) return [2, 6];
  return className === "GroupNormalization" ? [2, 6, 32] : [2, 6, 3];
}

const MERGING = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "CustomScaleLayer"];
