/** `keras.config`: the global defaults. In Node they start from `keras.json`, which is read once, when one is first asked for or set. */

import { ValueError } from "./errors.ts";
import { formatValue } from "./format.ts";
import type { ConvDataFormat } from "./geometry/conv-geometry.ts";
import { readKerasJson } from "./keras-json.ts";

export { planCacheBytes, setPlanCacheBytes } from "./plan/plan-cache.ts";

const FLOATX = ["float16", "bfloat16", "float32", "float64"] as const;
const DATA_FORMATS: readonly string[] = ["channels_last", "channels_first"];

interface Settings {
  floatx: string;
  epsilon: number;
  imageDataFormat: ConvDataFormat;
}

let current: Settings | null = null;

function settings(): Settings {
  current ??= { floatx: "float32", epsilon: 1e-7, imageDataFormat: "channels_last", ...readKerasJson() };
  return current;
}

/** The dtype of layers that name none. */
export function floatx(): string {
  return settings().floatx;
}

export function setFloatx(value: string): void {
  if (!FLOATX.some((name) => name === value)) {
    throw new ValueError(
      `Unknown \`floatx\` value: ${value}. Expected one of {${FLOATX.join(", ")}}. Received: floatx=${formatValue(value)}`,
    );
  }
  settings().floatx = value;
}

/** The fuzz factor of numeric expressions. */
export function epsilon(): number {
  return settings().epsilon;
}

/** Unlike Keras, which stores anything, only a number is taken. */
export function setEpsilon(value: number): void {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new ValueError(`epsilon must be a number. Received: epsilon=${formatValue(value)}`);
  settings().epsilon = value;
}

/** The data format of layers that name none at construction. */
export function imageDataFormat(): ConvDataFormat {
  return settings().imageDataFormat;
}

export function setImageDataFormat(value: string): void {
  settings().imageDataFormat = standardizeDataFormat(value);
}

/** `null` is the global default; names are taken in any case. Source: `keras.src.backend.config.standardize_data_format`. */
export function standardizeDataFormat(value: unknown): ConvDataFormat {
  if (value === null || value === undefined) return settings().imageDataFormat;
  const name = typeof value === "string" ? value.toLowerCase() : "";
  if (!DATA_FORMATS.includes(name)) {
    throw new ValueError(
      `The \`data_format\` argument must be one of {'channels_first', 'channels_last'}. Received: data_format=${formatValue(value)}`,
    );
  }
  return name === "channels_first" ? "channels_first" : "channels_last";
}
