/** Which dtype a layer computes in. Policies other than float32 are kept in configs and refused when a layer is built. */
import { floatx } from "../config.ts";
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";
import type { KerasObjectJson } from "../serialization/json.ts";

const FLOATS = ["float16", "bfloat16", "float32", "float64"];
const MIXED = ["mixed_float16", "mixed_bfloat16"];

/** A policy by name, such as "float32" or "mixed_float16" (Keras: `keras.DTypePolicy`). */
export class DTypePolicy {
  readonly name: string;

  constructor(name: string) {
    if (![...FLOATS, ...MIXED].includes(name)) {
      throw new ValueError(
        `Cannot convert '${name}' to a dtype policy. Use one of ${[...FLOATS, ...MIXED].join(", ")}. Received: dtype=${formatValue(name)}`,
      );
    }
    this.name = name;
  }

  /** Null is the global default; a name, a policy, or what Keras wrote in a config (Keras 2's `Policy` included). */
  static from(value: unknown): DTypePolicy {
    if (value === null || value === undefined) return new DTypePolicy(floatx());
    if (value instanceof DTypePolicy) return value;
    if (typeof value === "string") return new DTypePolicy(value);
    const name = typeof value === "object" && "config" in value ? configName(value.config) : null;
    if (name === null)
      throw new ValueError(`dtype must be a name or a DTypePolicy config. Received: dtype=${formatValue(value)}`);
    return new DTypePolicy(name);
  }

  get computeDtype(): string {
    return this.name.replace("mixed_", "");
  }

  get variableDtype(): string {
    return this.name.startsWith("mixed_") ? "float32" : this.name;
  }

  /** Whether layers of this policy can be built here. */
  get isComputed(): boolean {
    return this.name === "float32";
  }

  /** Refuses what is not really computed in that dtype here. */
  assertComputed(layerName: string): void {
    if (this.isComputed) return;
    throw new UnsupportedError(
      `Layer '${layerName}' cannot be built with dtype '${this.name}': keras-ts computes in float32 only. Received: dtype=${this.name}. Set dtype="float32".`,
    );
  }

  serialize(): KerasObjectJson {
    return { module: "keras", class_name: "DTypePolicy", config: { name: this.name }, registered_name: null };
  }
}

function configName(config: unknown): string | null {
  return config !== null && typeof config === "object" && "name" in config && typeof config.name === "string"
    ? config.name
    : null;
}
