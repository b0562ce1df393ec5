/** Finds the activation whose formula Keras 3 changed. */
import { isJson } from "./json.ts";

/** Names of the layers of a config that use `hard_sigmoid`. */
export function hardSigmoidLayers(config: unknown, layer = "(model)"): string[] {
  if (Array.isArray(config)) return config.flatMap((item) => hardSigmoidLayers(item, layer));
  if (!isJson(config)) return [];
  const name = typeof config["name"] === "string" ? config["name"] : layer;
  return Object.entries(config).flatMap(([key, value]) => {
    if (key.endsWith("activation") && value === "hard_sigmoid") return [name];
    return hardSigmoidLayers(value, name);
  });
}

/** What the user is told where Keras 2 wrote the file. */
export function hardSigmoidWarning(place: string, layers: readonly string[]): string {
  return `${place}: Keras 2 wrote this file, whose hard_sigmoid is min(max(0.2x + 0.5, 0), 1). As in Keras 3, it is computed as min(max(x / 6 + 0.5, 0), 1) here, in ${[...new Set(layers)].join(", ")}. customObjects: { hard_sigmoid } can give Keras 2's.`;
}
