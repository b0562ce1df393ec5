/** `value` cases: activations, initializers, regularizers and constraints as functions of arrays. */
import type { Arrays } from "../suite/arrays.ts";
import type { ValueCase } from "../suite/manifest.ts";
import type { NdArray } from "../suite/nd-array.ts";
import { type Comparison, compare } from "./compare.ts";
import type { Engine } from "./engine.ts";
import { initializerSpread } from "./initial-weights.ts";
import { valueNoise } from "./noise/values.ts";
import type { Findings, Mode } from "./result.ts";

/** Whether a case says anything about a mode. A plan holds layers; an activation is planned as part of one. */
export function valueCaseHasMode(item: ValueCase, mode: Mode): boolean {
  return mode === "eager" || (mode === "gradient" && item.gradients !== undefined);
}

export async function replayValue(engine: Engine, item: ValueCase, arrays: Arrays, mode: Mode): Promise<Findings> {
  const read = (file: string): NdArray => {
    const array = arrays.get(file);
    if (!array) throw new Error(`${file} was not read`);
    return array;
  };
  const comparisons: Comparison[] = [];
  const noise = valueNoise(item, arrays);
  const inputs = item.inputs.map(({ file }) => read(file));
  if (mode === "gradient" && item.gradients) {
    const upstream = item.gradients.upstream[0];
    const found = await engine.valueGradients(item.sort, item.object, inputs, upstream ? read(upstream) : scalar(1));
    item.gradients.inputs.forEach((file, at) => {
      const actual = found[at];
      if (file !== null && actual)
        comparisons.push(compare(actual, { what: "gradient", expected: read(file), noise: noise.gradient }));
    });
    return { comparisons, mismatches: [] };
  }
  const { shape, dtype } = item;
  const actual = await engine.value(item.sort, item.object, inputs, {
    ...(shape ? { shape } : {}),
    ...(dtype ? { dtype } : {}),
  });
  const output = item.outputs[0];
  const wide = item.outputs_float64?.[0];
  const spread = item.tags.includes("bit-exact") ? 0 : initializerSpread(item.object);
  comparisons.push(
    compare(actual, {
      what: item.sort,
      expected: output ? read(output.file) : scalar(item.value ?? 0),
      truth: wide
        ? read(wide.file)
        : item.value_float64 === undefined
          ? undefined
          : { shape: [], data: Float64Array.of(item.value_float64) },
      noise: noise.output,
      ...(item.sort === "initializer" && !/orthogonal/i.test(JSON.stringify(item.object))
        ? { relativeOnly: spread }
        : {}),
    }),
  );
  return { comparisons, mismatches: [] };
}

function scalar(value: number): NdArray {
  return { shape: [], data: Float32Array.of(value) };
}
