/** Running a layer on tensors: what is made on the way is freed, outputs and their masks leave the scope. */
import { asTensor } from "../ops/run.ts";
import type { Value } from "../ops/value.ts";
import { flatten, mapStructure, type Nested, packAs } from "../structure.ts";
import { engine, isTensor, keepingTensors, type Tensor, TfVariable } from "../tf.ts";
import { giveMask, maskOf, setMask } from "./masks.ts";

interface Results {
  readonly structure: Nested<Value>;
  readonly outputs: readonly Tensor[];
  readonly masks: readonly (Tensor | null)[];
}

/**
 * The outputs of `fn` on inputs that are float32 tensors. To the outermost caller an output is never one of the tensors it gave,
 * and owns its mask.
 */
export function runInScope(
  given: Nested<Value>,
  isOutermost: boolean,
  fn: (inputs: Nested<Value>) => Nested<Value>,
): Nested<Value> {
  const { structure, outputs, masks } = keepingTensors(
    (): Results => {
      const inputs = mapStructure(given, withMaskOf(asTensor));
      const outputStructure = mapStructure(fn(inputs), withMaskOf(asTensor));
      const leaves = flatten(outputStructure);
      const notOurs = new Set<unknown>([...flatten(given), ...flatten(inputs)]);
      const mustCopy = (x: Tensor) => notOurs.has(x) || x instanceof TfVariable;
      return {
        structure: outputStructure,
        outputs: leaves.map((x) => (isOutermost && engine().state.gradientDepth === 0 && mustCopy(x) ? x.clone() : x)),
        masks: leaves.map((x) => {
          const mask = maskOf(x);
          if (!isTensor(mask)) return null;
          return isOutermost ? mask.clone() : mask;
        }),
      };
    },
    (results) => [...results.outputs, ...results.masks.filter((mask) => mask !== null)],
  );
  for (const [i, mask] of masks.entries()) {
    const output = outputs[i];
    if (mask && output) (isOutermost ? giveMask : setMask)(output, mask);
  }
  return packAs(structure, outputs);
}

/** Conversions make new tensors; the mask goes along. */
function withMaskOf<V extends Value>(convert: (value: Value) => V): (value: Value) => V {
  return (value) => {
    const converted = convert(value);
    const mask = maskOf(value);
    if (mask !== null && converted !== value) setMask(converted, mask);
    return converted;
  };
}
