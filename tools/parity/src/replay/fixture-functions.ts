/**
 * The functions of the suite `lambda`, by the names under which both sides register them
 * (`tools/fixtures/keras_ts_fixtures/lambda_cases.py`, which says what each computes).
 */
import * as keras from "@keras-ts/core";

interface Given {
  readonly factor?: number;
  readonly weight?: number;
  readonly training?: boolean | null;
  readonly mask?: keras.Value | null;
}

type FixtureFunction = (inputs: never, given: never) => unknown;

const FUNCTIONS: Readonly<Record<string, FixtureFunction>> = {
  square_and_scale: (x: keras.Value, { factor = 2 }: Given) => keras.ops.multiply(keras.ops.square(x), factor),
  weighted_difference: ([first, second]: readonly [keras.Value, keras.Value], { weight = 0.5 }: Given) =>
    keras.ops.subtract(first, keras.ops.multiply(second, weight)),
  step_sums: (x: keras.Value) => keras.ops.sum(x, { axis: 1 }),
  mirrored: (x: keras.Value) => [x, keras.ops.negative(x)],
  doubled_in_training: (x: keras.Value, { training }: Given) => (training ? keras.ops.multiply(x, 2) : x),
  kept_steps: (x: keras.Value, { mask }: Given) => (mask ? keras.ops.where(keras.ops.expandDims(mask, -1), x, 0) : x),
  without_steps: ([batch = null, , ...rest]: readonly (number | null)[]) => [batch, ...rest],
  same_mask: (_inputs: keras.Value, mask: keras.Value | null) => mask,
};

/** Makes them known to configs as `fixtures>name`. */
export function registerFixtureFunctions(): void {
  for (const [name, fn] of Object.entries(FUNCTIONS)) keras.saving.registerKerasSerializable("fixtures", name)(fn);
}
