/** Uses of ops in the config of a model: writing them, and making them again. */
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { UnaryName } from "../op/unary.ts";
import * as ops from "../ops/index.ts";
import { formOf, OP_FORMS, type OpForm, unaryForms } from "../ops/op-forms.ts";
import { namedUse, type OpUse } from "../ops/symbolic.ts";
import type { KerasConfig, KerasObjectJson } from "../serialization/json.ts";
import { serializeKerasObject } from "../serialization/serialize.ts";
import { KerasTensor, type Node, type Operation } from "./keras-tensor.ts";

/** An op's entry, without name and inbound_nodes. */
export function serializeOp(use: OpUse): KerasObjectJson {
  const [node] = use.inboundNodes;
  const form = node && formOf(use.opName, node.args);
  if (!node || !form) {
    throw new ValueError(
      `The op '${use.opName}' cannot be written to a config: Keras has no op of that name. Put it in a layer. Received: name='${use.name}'`,
    );
  }
  return {
    module: form.module,
    class_name: form.className,
    config: serializeKerasObject({ name: use.name, ...form.config?.(node.args) }) as KerasConfig,
    registered_name: form.className,
  };
}

/** The arguments of an op's call as Keras's config has them. */
export function opArguments(use: OpUse, node: Node): { args: readonly unknown[]; kwargs: object } {
  const form = formOf(use.opName, node.args);
  return {
    args: (form?.args?.(node.args) ?? node.args).map(keyToJson),
    kwargs: form?.kwargs?.(node.args) ?? {},
  };
}

/** Slices and "..." as Keras writes them; everything else as it is. */
function keyToJson(value: unknown): unknown {
  if (value instanceof KerasTensor) return value;
  if (Array.isArray(value)) return value.map(keyToJson);
  if (value === "...") return { class_name: "__ellipsis__", config: {} };
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const { start = null, stop = null, step = null } = value as ops.SliceKey;
  return { class_name: "__slice__", config: { start, stop, step } };
}

function keyFromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keyFromJson);
  if (typeof value !== "object" || value === null || !("class_name" in value)) return value;
  if (value.class_name === "__ellipsis__") return "...";
  return value.class_name === "__slice__" && "config" in value ? value.config : value;
}

/** Whether a config's entry is an op, not a layer: the module decides. */
export function isOpEntry(module: unknown): boolean {
  return typeof module === "string" && /^keras\.src\.(ops|activations)\./.test(module);
}

/** An op of a config, to be called once on symbols (or on tensors, for an op without any). */
export class RevivedOp {
  readonly name: string;
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #row: Row;
  /** The uses that calls on symbols made. */
  readonly uses: Operation[] = [];

  constructor(json: { readonly module?: unknown; readonly class_name?: unknown; readonly config?: unknown }) {
    const config = (json.config ?? {}) as Readonly<Record<string, unknown>>;
    const row = rowsByClass()
      .get(`${String(json.module)}.${String(json.class_name)}`)
      ?.find(({ accepts }) => accepts(config));
    if (!row) {
      throw new ValueError(
        `Could not deserialize the op '${String(json.module)}.${String(json.class_name)}': keras-ts has no op of that name. Received: config=${formatValue(config)}`,
      );
    }
    checkFixed(`${String(json.module)}.${String(json.class_name)}`, row.form, config);
    this.name = String(config["name"]);
    this.#config = config;
    this.#row = row;
  }

  /** Repeats a call of the config: its use joins `uses`. */
  call(args: readonly unknown[], kwargs: Readonly<Record<string, unknown>>): void {
    const { form, run } = this.#row;
    const call = args.map(keyFromJson);
    const given = form.read?.(this.#config, call, kwargs) ?? call;
    const result = namedUse(this.name, () => run(given, this.#config));
    if (result instanceof KerasTensor && result.history) this.uses.push(result.history.operation);
  }
}

/** Refuses what an op of a config asks for and ours does not do. */
function checkFixed(op: string, form: OpForm, config: Readonly<Record<string, unknown>>): void {
  const other = Object.entries(form.fixed ?? {}).find(([key, value]) => key in config && config[key] !== value);
  if (!other) return;
  const [key, value] = other;
  throw new UnsupportedError(
    `The op '${op}' is there for ${key}=${formatValue(value)} only. Received: ${key}=${formatValue(config[key])}, config=${formatValue(config)}`,
  );
}

interface Row {
  readonly form: OpForm;
  accepts(config: Readonly<Record<string, unknown>>): boolean;
  run(args: readonly unknown[], config: Readonly<Record<string, unknown>>): unknown;
}

let rows: Map<string, Row[]> | null = null;

function rowsByClass(): ReadonlyMap<string, readonly Row[]> {
  if (rows) return rows;
  rows = new Map();
  for (const [opName, form] of Object.entries(OP_FORMS)) {
    enter(rows, { form, accepts: () => true, run: (args) => functionNamed(opName)(...args) });
  }
  for (const [name, form] of unaryForms()) {
    const fixed = name.startsWith("gelu") ? { approximate: name === "gelu_tanh" } : {};
    enter(rows, {
      form: { ...form, read: (_config, args) => args },
      accepts: (config) => Object.entries(fixed).every(([key, value]) => config[key] === value),
      run: ([x], config) =>
        ops.unary(x as KerasTensor, { name: name as UnaryName, params: parametersOf(form, config) }),
    });
  }
  return rows;
}

/** Rows of `keras.ops` come first: a class that both tables have is that op. */
function enter(table: Map<string, Row[]>, row: Row): void {
  const key = `${row.form.module}.${row.form.className}`;
  table.set(key, [...(table.get(key) ?? []), row]);
}

function parametersOf(form: OpForm, config: Readonly<Record<string, unknown>>): number[] {
  const probe = form.config?.([null, { name: "", params: [] }]) ?? {};
  return Object.keys(probe)
    .filter((key) => key !== "approximate")
    .map((key) => (typeof config[key] === "number" ? config[key] : Number.POSITIVE_INFINITY));
}

/** `max_pool` → `ops.maxPool`. */
function functionNamed(opName: string): (...args: readonly unknown[]) => unknown {
  const special: Readonly<Record<string, keyof typeof ops>> = { absolute: "abs", var: "variance" };
  const name = special[opName] ?? opName.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const fn: unknown = (ops as Readonly<Record<string, unknown>>)[name];
  if (typeof fn !== "function") throw new TypeError(`keras.ops has no function '${name}'.`);
  return (...args) => Reflect.apply(fn, undefined, args) as unknown;
}
