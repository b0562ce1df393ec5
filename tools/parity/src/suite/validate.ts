/**
 * Turns the parsed `manifest.json` into typed cases. Everything that the replay relies on is checked here once; what is
 * wrong is an error that names the case, never a skipped case.
 */
import {
  type Case,
  type FileRef,
  FORMAT,
  type Generator,
  type GradientRefs,
  type InputRef,
  isObject,
  isShapeList,
  type Json,
  type JsonObject,
  KINDS,
  type Kind,
  type PartialShape,
  property,
  type SgdStepRefs,
  type ShapeOrShapes,
  SORTS,
  STAGES,
  VERSION,
  type WeightRef,
} from "./manifest.ts";

/** A suite that cannot be replayed as it is: exit status 2. The message names the file and, where there is one, the case. */
export class SuiteError extends Error {
  override readonly name = "SuiteError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

export interface Manifest {
  readonly generator: Generator;
  /** The `.npz` beside the manifest that holds the arrays; without one they are files of their own. */
  readonly archive?: string;
  readonly cases: readonly Case[];
}

/** `file` is only for messages. Throws a `SuiteError` with all that is wrong. */
export function validateManifest(text: string, file: string): Manifest {
  let root: Json;
  try {
    root = JSON.parse(text);
  } catch (error) {
    throw new SuiteError([`${file}: malformed JSON: ${error instanceof Error ? error.message : error}`]);
  }
  if (!isObject(root)) throw new SuiteError([`${file}: must be a JSON object`]);
  if (root["format"] !== FORMAT)
    throw new SuiteError([`${file}: format must be "${FORMAT}". Received: format=${show(root["format"])}`]);
  if (root["version"] !== VERSION)
    throw new SuiteError([`${file}: version must be ${VERSION}. Received: version=${show(root["version"])}`]);
  const generator = root["generator"];
  const cases = root["cases"];
  if (!isObject(generator))
    throw new SuiteError([`${file}: generator must be an object. Received: generator=${show(generator)}`]);
  if (!Array.isArray(cases)) throw new SuiteError([`${file}: cases must be a list. Received: cases=${show(cases)}`]);
  const archive = root["archive"] ?? undefined;
  if (archive !== undefined && (typeof archive !== "string" || archive === ""))
    throw new SuiteError([`${file}: archive must name a file. Received: archive=${show(archive)}`]);

  const problems: string[] = [];
  const valid: Case[] = [];
  const ids = new Set<string>();
  cases.forEach((item: Json, at) => {
    const id = isObject(item) && typeof item["id"] === "string" ? item["id"] : null;
    try {
      if (!isObject(item)) throw new Error(`must be an object. Received: ${show(item)}`);
      if (id === null || id === "") throw new Error(`id must be a string. Received: id=${show(item["id"])}`);
      if (ids.has(id)) throw new Error("the id is used twice in this suite");
      ids.add(id);
      valid.push(validateCase(new Fields(item), id));
    } catch (error) {
      problems.push(
        `${file}: case ${id === null ? `number ${at}` : `"${id}"`}: ${error instanceof Error ? error.message : error}`,
      );
    }
  });
  if (problems.length > 0) throw new SuiteError(problems);
  return {
    generator: { ...generator, keras: String(generator["keras"] ?? "?"), backend: String(generator["backend"] ?? "?") },
    ...(archive === undefined ? {} : { archive }),
    cases: valid,
  };
}

function validateCase(fields: Fields, id: string): Case {
  const kind = fields.oneOf("kind", KINDS);
  const tags = fields.optional("tags", (name) => fields.strings(name)) ?? [];
  const note = fields.optional("note", (name) => fields.string(name));
  const base = {
    id,
    origin: fields.optional("origin", (name) => fields.string(name)) ?? "",
    tags,
    ...(note === undefined ? {} : { note }),
  };
  return { ...base, ...body(fields, kind, tags) };
}

type WithoutBase<C> = C extends Case ? Omit<C, "id" | "origin" | "tags" | "note"> : never;
type Body = WithoutBase<Case>;

function body(fields: Fields, kind: Kind, tags: readonly string[]): Body {
  switch (kind) {
    case "layer":
      return layerBody(fields);
    case "geometry":
      return {
        kind,
        layer: fields.serialized("layer"),
        input_shape: fields.shapeOrShapes("input_shape"),
        output_shapes: fields.shapes("output_shape"),
      };
    case "value":
      return valueBody(fields, tags);
    case "error":
      return {
        kind,
        target: fields.serialized("target"),
        stage: fields.oneOf("stage", STAGES),
        input_shape: fields.optional("input_shape", (name) => fields.shapeOrShapes(name)),
        build_shape: fields.optional("build_shape", (name) => fields.shapeOrShapes(name)),
        file: fields.optional("file", (name) => fileName(fields.get(name), name)),
        exception: fields.string("exception"),
        message: fields.optional("message", (name) => fields.string(name)) ?? "",
        mentions: fields.strings("mentions"),
      };
    case "model":
      return modelBody(fields);
    default:
      return { kind };
  }
}

function layerBody(fields: Fields): Body {
  return {
    kind: "layer",
    layer: fields.serialized("layer"),
    arguments: fields.optional("arguments", (name) => object(fields.get(name), name)),
    inputs: fields.list("inputs", inputRef),
    mask: fields.optional("mask", (name) => fields.list(name, optionalFile)),
    initial_state: fields.optional("initial_state", (name) => fields.files(name)),
    training: fields.training(),
    calls: fields.optional("calls", (name) => count(fields.get(name), name)) ?? 1,
    weights: fields.list("weights", weightRef),
    outputs: fields.files("outputs"),
    outputs_float64: fields.optional("outputs_float64", (name) => fields.files(name)),
    output_masks: fields.optional("output_masks", (name) => fields.list(name, optionalFile)),
    output_shapes: fields.shapes("output_shape"),
    gradients: fields.optional("gradients", () => fields.gradients()),
    sgd_step: fields.optional("sgd_step", () => fields.sgdStep()),
    losses: fields.optional("losses", (name) => fields.list(name, finite)) ?? [],
    state: fields.optional("state", (name) =>
      fields.list(name, (item, where) => ({ ...fileRef(item, where), path: text(item, "path", where) })),
    ),
  };
}

function valueBody(fields: Fields, tags: readonly string[]): Body {
  const sort = SORTS.find((word) => tags.includes(word));
  if (!sort)
    throw new Error(
      `tags must say which sort of value it is, one of ${SORTS.join(", ")}. Received: tags=${show(tags)}`,
    );
  const outputs = fields.optional("outputs", (name) => fields.files(name));
  const value = fields.optional("value", (name) => finite(fields.get(name), name));
  if ((outputs === undefined) === (value === undefined)) throw new Error("must have either outputs or value");
  return {
    kind: "value",
    sort,
    object: fields.get("object"),
    inputs: fields.optional("inputs", (name) => fields.files(name)) ?? [],
    shape: fields.optional("shape", (name) => fields.knownShape(name)),
    dtype: fields.optional("dtype", (name) => fields.string(name)),
    outputs: outputs ?? [],
    outputs_float64: fields.optional("outputs_float64", (name) => fields.files(name)),
    value,
    value_float64: fields.optional("value_float64", (name) => finite(fields.get(name), name)),
    gradients: fields.optional("gradients", () => fields.gradients()),
  };
}

function modelBody(fields: Fields): Body {
  const json = fields.optional("json", (name) => fileName(fields.get(name), name));
  const model = fields.optional("model", (name) => fileName(fields.get(name), name));
  if (json === undefined && model === undefined) throw new Error("must name a file as json or model");
  const summary = fields.optional("summary", (name) => fields.string(name));
  const more = fields.optional("summaries", (name) =>
    fields.list(name, (item, where) => ({
      arguments: object(property(item, "arguments"), `${where}.arguments`),
      text: text(item, "text", where),
    })),
  );
  return {
    kind: "model",
    ...(json === undefined ? {} : { json }),
    ...(model === undefined ? {} : { model }),
    summaries: [...(summary === undefined ? [] : [{ arguments: {}, text: summary }]), ...(more ?? [])],
    weights: fields.optional("weights", (name) => fields.list(name, weightRef)) ?? [],
    inputs: fields.optional("inputs", (name) => fields.list(name, inputRef)) ?? [],
    outputs: fields.optional("outputs", (name) => fields.files(name)) ?? [],
    outputs_float64: fields.optional("outputs_float64", (name) => fields.files(name)),
    input_shapes: fields.optional("input_shape", (name) => fields.shapes(name)),
    output_shapes: fields.optional("output_shape", (name) => fields.shapes(name)),
    gradients: fields.optional("gradients", () => fields.gradients()),
    layers:
      fields.optional("layers", (name) =>
        fields.list(name, (item, where) => ({ ...fileRef(item, where), name: text(item, "name", where) })),
      ) ?? [],
  };
}

/** Reads one case's fields; every method throws an error naming the field and what was received. */
class Fields {
  private readonly item: JsonObject;

  constructor(item: JsonObject) {
    this.item = item;
  }

  get(name: string): Json {
    const value = this.item[name];
    if (value === undefined) throw new Error(`${name} is missing`);
    return value;
  }

  optional<T>(name: string, read: (name: string) => T): T | undefined {
    return this.item[name] === undefined || this.item[name] === null ? undefined : read(name);
  }

  string(name: string): string {
    return text(this.item, name, name, true);
  }

  strings(name: string): string[] {
    return this.list(name, (item, where) => {
      if (typeof item !== "string") throw new Error(`${where} must be a string. Received: ${show(item)}`);
      return item;
    });
  }

  oneOf<const T extends readonly string[]>(name: string, words: T): T[number] {
    const value = this.get(name);
    const word = words.find((candidate) => candidate === value);
    if (word === undefined)
      throw new Error(`unknown ${name}; it must be one of ${words.join(", ")}. Received: ${name}=${show(value)}`);
    return word;
  }

  training(): boolean | null {
    const value = this.item["training"] ?? null;
    if (value !== null && typeof value !== "boolean")
      throw new Error(`training must be true, false or null. Received: training=${show(value)}`);
    return value;
  }

  serialized(name: string): JsonObject {
    const value = this.get(name);
    if (!isObject(value) || typeof value["class_name"] !== "string" || !isObject(value["config"] ?? null)) {
      throw new Error(`${name} must be an object with class_name and config. Received: ${name}=${show(value)}`);
    }
    return value;
  }

  list<T>(name: string, read: (item: Json, where: string) => T): T[] {
    const value = this.get(name);
    if (!Array.isArray(value)) throw new Error(`${name} must be a list. Received: ${name}=${show(value)}`);
    return value.map((item: Json, at) => read(item, `${name}[${at}]`));
  }

  files(name: string): FileRef[] {
    return this.list(name, fileRef);
  }

  shape(name: string): PartialShape {
    return partialShape(this.get(name), name);
  }

  knownShape(name: string): number[] {
    return this.shape(name).map((n) => {
      if (n === null) throw new Error(`${name} must not hold null`);
      return n;
    });
  }

  shapeOrShapes(name: string): ShapeOrShapes {
    const value = this.get(name);
    if (Array.isArray(value) && value.length > 0 && value.every((item: Json) => Array.isArray(item)))
      return value.map((item: Json, at) => partialShape(item, `${name}[${at}]`));
    return partialShape(value, name);
  }

  /** One shape, or a list of shapes, as a list. */
  shapes(name: string): readonly PartialShape[] {
    const found = this.shapeOrShapes(name);
    return isShapeList(found) ? found : [found];
  }

  gradients(): GradientRefs {
    const inner = this.#inside("gradients");
    return {
      upstream: inner.optionalNames("upstream", "gradients"),
      inputs: inner.optionalNames("inputs", "gradients"),
      weights: inner.optional("weights", (name) => inner.optionalNames(name, "gradients")) ?? [],
    };
  }

  sgdStep(): SgdStepRefs {
    if (this.item["gradients"] === undefined) throw new Error("sgd_step needs gradients");
    const inner = this.#inside("sgd_step");
    return {
      learning_rate: finite(inner.get("learning_rate"), "sgd_step.learning_rate"),
      weights: inner.optionalNames("weights", "sgd_step"),
    };
  }

  /** A list of file names and nulls; `where` names the object that these fields are of. */
  optionalNames(name: string, where: string): (string | null)[] {
    return this.list(name, (item, at) => (item === null ? null : fileName(item, `${where}.${at}`)));
  }

  #inside(name: string): Fields {
    const value = this.get(name);
    if (!isObject(value)) throw new Error(`${name} must be an object. Received: ${name}=${show(value)}`);
    return new Fields(value);
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function fileName(item: Json, where: string): string {
  const name = isObject(item) ? item["file"] : item;
  if (typeof name !== "string" || name === "") throw new Error(`${where} must name a file. Received: ${show(item)}`);
  return name;
}

function fileRef(item: Json, where: string): FileRef {
  return { file: fileName(item, where) };
}

function optionalFile(item: Json, where: string): FileRef | null {
  return item === null ? null : fileRef(item, where);
}

function inputRef(item: Json, where: string): InputRef {
  const dtype = property(item, "dtype") ?? "float32";
  if (dtype !== "float32" && dtype !== "int32")
    throw new Error(`${where}.dtype must be float32 or int32. Received: ${show(dtype)}`);
  return { ...fileRef(item, where), ...(dtype === "int32" ? { dtype } : {}) };
}

function weightRef(item: Json, where: string): WeightRef {
  return { ...fileRef(item, where), path: text(item, "path", where), trainable: flag(item, "trainable", where) };
}

function object(value: Json | undefined, where: string): JsonObject {
  if (!isObject(value)) throw new Error(`${where} must be an object. Received: ${show(value)}`);
  return value;
}

function count(value: Json, where: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1)
    throw new Error(`${where} must be a whole number of at least 1. Received: ${show(value)}`);
  return value;
}

function text(item: Json, name: string, where: string, own = false): string {
  const value = isObject(item) ? item[name] : undefined;
  if (typeof value !== "string")
    throw new Error(`${own ? where : `${where}.${name}`} must be a string. Received: ${show(value)}`);
  return value;
}

function flag(item: Json, name: string, where: string): boolean {
  const value = isObject(item) ? item[name] : undefined;
  if (typeof value !== "boolean") throw new Error(`${where}.${name} must be true or false. Received: ${show(value)}`);
  return value;
}

function finite(item: Json, where: string): number {
  if (typeof item !== "number") throw new Error(`${where} must be a number. Received: ${show(item)}`);
  return item;
}

function partialShape(value: Json, where: string): PartialShape {
  const isSize = (n: Json) => n === null || (typeof n === "number" && Number.isInteger(n));
  if (!Array.isArray(value) || !value.every(isSize))
    throw new Error(`${where} must be a list of sizes and nulls. Received: ${where}=${show(value)}`);
  return value.map((n: Json) => (typeof n === "number" ? n : null));
}
