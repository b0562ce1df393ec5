/** JSON as Python's `json` module reads and writes it: `NaN` and `Infinity`, ", " and ": ", ASCII only, numbers as `repr` prints them. */

/**
 * Keys of Keras's configs whose numbers are floats: JavaScript does not tell 1 from 1.0, Python does, and prints the latter. Values are
 * equal either way.
 */
const FLOAT_KEYS: ReadonlySet<string> = new Set(
  (
    "alpha beta_1 beta_2 clipnorm clipvalue decay_rate delta dropout ema_momentum epsilon gain global_clipnorm initial_learning_rate " +
    "l1 l2 learning_rate mask_value max_value maxval mean min_value minval momentum negative_slope offset rate recurrent_dropout renorm_momentum " +
    "rho scale stddev threshold weight_decay"
  ).split(" "),
);

/** The text that `json.dumps(value)` gives; `texts` are those of values that are written as they were read, by their JSON. */
export function toPythonJson(value: unknown, texts: Texts = new Map(), key = ""): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number") return toPythonNumber(value, FLOAT_KEYS.has(key));
  if (typeof value === "string") return toPythonString(value);
  if (Array.isArray(value)) return `[${value.map((item) => toPythonJson(item, texts)).join(", ")}]`;
  const asRead = key === COMPILE ? texts.get(JSON.stringify(value)) : undefined;
  if (asRead !== undefined) return asRead;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries.map(([name, item]) => `${toPythonString(name)}: ${toPythonJson(item, texts, name)}`).join(", ")}}`;
}

/** `repr` of an int, or of a float: those of at least 1e16 or under 1e-4 with a two-digit exponent. */
function toPythonNumber(value: number, isFloat: boolean): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (Number.isInteger(value) && !isFloat && Math.abs(value) < 2 ** 53)
    return Object.is(value, -0) ? "-0.0" : String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  if (Number.isInteger(value)) return `${Object.is(value, -0) ? "-0" : value}.0`;
  return String(value);
}

/** The text of a string, in quotes. */
export function toPythonString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The value of a text that Python wrote, nested as deep as code that follows it can go. Throws SyntaxError. */
export function parsePythonJson(text: string): unknown {
  const value = parse(text);
  checkDepth(value);
  if (text.includes(COMPILED)) rememberTexts(text, value);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) =>
      token.startsWith('"') ? token : JSON.stringify(MARK + token),
    );
    if (marked === text) throw error;
    return JSON.parse(marked, (_, value: unknown) =>
      typeof value === "string" && value.startsWith(MARK) ? Number(value.slice(MARK.length)) : value,
    );
  }
}

/** Python itself reads no more than some 1000; a hundred models in each other take 400. */
const MOST_LEVELS = 500;

function checkDepth(value: unknown): void {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_LEVELS) throw new SyntaxError(`objects and lists are nested more than ${MOST_LEVELS} levels deep`);
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
}

const MARK = "\u0000number ";

/** How a model was compiled: nothing here reads it, so that it is written again in the words in which it was read. */
export const COMPILE = "compile_config";
const COMPILED = `"${COMPILE}": {"`;

/** Texts of objects by their JSON, which does not tell 1.0 from 1. */
export type Texts = ReadonlyMap<string, string>;

const readTexts = new WeakMap<object, string>();

/** The texts of those objects that `parsePythonJson` found under the key. */
export function textsOf(objects: readonly object[]): Texts {
  const pairs = objects.map((object): [string, string | undefined] => [JSON.stringify(object), readTexts.get(object)]);
  return new Map(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function rememberTexts(text: string, value: unknown): void {
  const objects = compiledIn(value);
  for (const [i, slice] of slicesOf(text).entries()) {
    const object = objects[i];
    // Other values are those of another object: keys like "1" move to the front in JavaScript.
    if (object && JSON.stringify(object) === JSON.stringify(parse(slice))) readTexts.set(object, slice);
  }
}

/** The texts of all that is under the key, in order, as Python writes them. */
function slicesOf(text: string): string[] {
  const slices: string[] = [];
  let [depth, start, outside] = [0, -1, 0];
  for (const { 0: token, index } of text.matchAll(/"compile_config": (?=\{")|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{") depth++;
    else if (token === "}") depth--;
    else if (start < 0 && token.endsWith(": ")) [start, outside] = [index + token.length, depth];
    if (start < 0 || token !== "}" || depth > outside) continue;
    slices.push(text.slice(start, index + 1));
    start = -1;
  }
  return slices;
}

function compiledIn(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    if (key !== COMPILE || Array.isArray(value)) return compiledIn(item);
    return typeof item === "object" && item !== null && Object.keys(item).length > 0 ? [item] : [];
  });
}
