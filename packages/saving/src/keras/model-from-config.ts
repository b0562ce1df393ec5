/** A model from the config of a file: everything that cannot be made is named at once, and nothing is made then. */
import { getBackend, type KerasVariable, Model, saving, UnsupportedError, ValueError } from "@keras-ts/core";

/**
 * The model of a config, its weights 0. Throws BackendUnavailableError where none was chosen, UnsupportedError with all that is unsupported, ValueError for a config that is wrong.
 * A config that asks for more than `mostWeights` values in its weights is refused before they are made. `place` is what errors begin with: the file and the member.
 */
export function modelFromConfig(
  config: unknown,
  place: string,
  customObjects: saving.CustomObjects | null,
  mostWeights: number,
): Model {
  if (typeof config !== "object" || config === null || !("class_name" in config))
    throw new ValueError(`${place}: this is no config of a model: it has no class_name.`);
  const unsupported = saving.findUnsupported(config, customObjects);
  if (unsupported.length > 0) throw new UnsupportedError(`${place}: ${textOf(unsupported)}`);
  getBackend(); // weights live there: an error here tells how to choose one
  const weights: KerasVariable[] = [];
  const options = { mostValues: mostWeights, made: weights };
  let made: unknown;
  try {
    made = atPlace(place, () =>
      saving.objectSharingScope(() =>
        saving.withBlankWeights(() => saving.deserializeKerasObject(config, { customObjects }), options),
      ),
    );
    if (made instanceof Model) return made;
    throw new ValueError(`${place}: this is the config of a ${String(config.class_name)}, not of a model.`);
  } finally {
    // Of a failure all weights go; of a model those of layers that no call of its graph leads to.
    const used = new Set(made instanceof Model ? made.weights : []);
    for (const weight of weights) if (!used.has(weight)) weight.dispose();
  }
}

function textOf(unsupported: readonly saving.UnsupportedObject[]): string {
  const lines = unsupported.map(({ path, module, className, reason }) => {
    const name = module === null ? className : `${module}.${className}`;
    return `- ${path === "" ? "(model)" : path}: ${name} (${reason})`;
  });
  const isCustom = unsupported.some(
    ({ module, className }) => !/^keras(\.|$)/.test(module ?? "") && !className.startsWith("__"),
  );
  const advice = isCustom
    ? "\nPass your own classes and functions as customObjects, or register them with registerKerasSerializable()."
    : "";
  return `${unsupported.length} ${unsupported.length === 1 ? "part" : "parts"} of this model cannot run here.\n${lines.join("\n")}${advice}`;
}

/** Puts the place before the message of what `fn` throws. */
export function atPlace<T>(place: string, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    if (error instanceof Error && !error.message.startsWith(place)) error.message = `${place}: ${error.message}`;
    throw error;
  }
}
