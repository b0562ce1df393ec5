/** Element-wise functions against Keras on JAX: a table of keras-semantics 3.5, and values and derivatives in bulk. */
import { UNARY_ARITY, type UnaryFn, type UnaryName } from "@keras-ts/core";
import { describe, expect, it } from "vitest";
import { fn } from "../src/cases/op-case.ts";
import { unaryFunctions } from "../src/cases/unary.ts";
import { reference, unary, unaryDerivative } from "../src/run.ts";
import { agrees } from "../src/tolerance.ts";
import golden from "./golden/unary.json" with { type: "json" };
import { array, parse } from "./numbers.ts";

const FLOAT32_DIGITS = { scale: 4 }; // the table was printed from float32 values
const points = parse("−4 −3 −1 −.5 0 .5 1 3 4");

it.each<[UnaryFn, string]>([
  [fn("elu", 1), "−.98168439 −.95021296 −.63212055 −.39346933 0 .5 1 3 4"],
  [fn("celu", 1), "−.98168439 −.95021296 −.63212055 −.39346933 0 .5 1 3 4"],
  [fn("selu"), "−1.7258987 −1.6705688 −1.1113307 −.69175822 0 .52535051 1.050701 3.1521029 4.2028041"],
  [fn("softplus"), ".018149929 .048587352 .31326169 .47407699 .69314718 .97407699 1.3132617 3.0485873 4.0181499"],
  [fn("softsign"), "−.8 −.75 −.5 -1/3 0 ⅓ .5 .75 .8"],
  [fn("silu"), "−.07194484 −.14227763 −.26894143 −.18877034 0 .31122968 .7310586 2.8577223 3.928055"],
  [fn("gelu"), "−.00012668503 −.004049696 −.15865527 −.15426877 0 .34573123 .84134471 2.9959502 3.9998734"],
  [fn("mish"), "−.072591737 −.14564745 −.30340144 −.22074378 0 .37524524 .86509848 2.9865355 3.9974127"],
  [fn("hard_sigmoid"), "0 0 ⅓ 5/12 .5 7/12 ⅔ 1 1"],
  [fn("hard_silu"), "0 0 -1/3 −.20833334 0 .29166669 ⅔ 3 4"],
  [fn("squareplus", 4), ".23606801 .30277562 .61803401 .78077638 1 1.2807764 1.618034 3.3027756 4.2360678"],
  [fn("sparse_plus"), "0 0 0 .0625 .25 .5625 1 3 4"],
  [fn("sparse_sigmoid"), "0 0 0 .25 .5 .75 1 1 1"],
  [fn("soft_shrink", 0.5), "−3.5 −2.5 −.5 0 0 0 .5 2.5 3.5"],
  [fn("hard_shrink", 0.5), "−4 −3 −1 0 0 0 1 3 4"],
  [fn("tanh_shrink"), "−3.0006709 −2.0049453 −.23840582 −.037882835 0 .037882835 .23840582 2.0049453 3.0006709"],
  [
    fn("log_sigmoid"),
    "−4.0181499 −3.0485873 −1.3132617 −.97407699 −.69314718 −.47407699 −.31326169 −.048587352 −.018149929",
  ],
  [fn("relu", 0.1, 2, 0.7), "−.47 −.37 −.17 −.12 −.07 −.02 1 2 2"],
])("3.5 $name", (f, expected) => {
  parse(expected).forEach((k, i) => {
    const y = unary(f, Number(points[i]));
    expect(agrees(k, y, FLOAT32_DIGITS), `${f.name}(${points[i]}) = ${y}, Keras ${k}`).toBe(true);
  });
});

it.each([
  [false, "2.2585911e-4 6.1394874e-4 .0045365016 .0074794265 .01233149 .020331191 .033520464 .2476846 .67327654"],
  [true, "−8.3955994 −7.3955994 −5.3955994 −4.8955994 −4.3955994 −3.8955991 −3.3955991 −1.3955991 −.39559916"],
])("3.5 softmax, log %s", (log, expected) => {
  const y = reference({ kind: "softmax", log }, [array(points)]);
  expect(parse(expected).map((k, i) => agrees(k, Number(y[i]), FLOAT32_DIGITS))).toEqual(points.map(() => true));
});

it("3.5 sparsemax as Keras has it", () => {
  const y = reference({ kind: "sparsemax" }, [array([0.1, 0.2, 0.9])]);
  expect([y[0], y[1]]).toEqual([0, 0]);
  expect(y[2]).toBeCloseTo(1 / 6, 12);
});

it("2.8 derivatives at kinks", () => {
  const rows: [UnaryFn, number, number][] = [
    [fn("relu", 0, Number.POSITIVE_INFINITY, 0), 0, 0],
    [fn("relu", 0, 6, 0), 6, 0],
    [fn("relu", 0.3, Number.POSITIVE_INFINITY, 0), 0, 1],
    [fn("leaky_relu", 0.2), 0, 1],
    [fn("elu", 1), 0, 1],
    [fn("celu", 2), 0, 1],
    [fn("hard_sigmoid"), 3, 0],
    [fn("hard_silu"), -3, 0],
    [fn("hard_silu"), 0, 0.5],
    [fn("hard_silu"), 3, 1],
    [fn("hard_tanh"), 1, 1],
    [fn("sparse_sigmoid"), -1, 0.25],
    [fn("hard_shrink", 0.5), 0.5, 0],
    [fn("relu", 0, Number.POSITIVE_INFINITY, 0.7), 0.7, 0],
    [fn("relu", 0.1, 2, 0), 2, 0.5],
    [fn("abs"), 0, 1],
    [fn("clip", -1, 2), 2, 0.5],
    [fn("sqrt"), 0, Number.POSITIVE_INFINITY],
  ];
  for (const [f, x, expected] of rows) expect(unaryDerivative(f, x), `${f.name}'(${x})`).toBe(expected);
  expect(unaryDerivative(fn("selu"), 0)).toBeCloseTo(1.758099, 6);
});

describe("every function, with its derivative, as Keras on JAX computes it in float64", () => {
  const CANCELLED = 1e-14; // absolute: in JAX's own formulas 1 − t² and the like cancel, and are multiplied after that
  const points = golden.points.map(numberOf);
  const same = (y: number, k: number): boolean =>
    Object.is(y, k) || y === k || Math.abs(y - k) <= 1e-13 * Math.abs(k) + CANCELLED;

  it.each(golden.functions)("$name $params", ({ name, params, values, derivatives }) => {
    const f: UnaryFn = { name: nameOf(name), params: params.map(numberOf) };
    points.forEach((x, i) => {
      const [k, dk] = [numberOf(values[i]), numberOf(derivatives[i])];
      expect(same(unary(f, x), k), `${name}(${x}) = ${unary(f, x)}, Keras ${k}`).toBe(true);
      expect(same(unaryDerivative(f, x), dk), `${name}'(${x}) = ${unaryDerivative(f, x)}, Keras ${dk}`).toBe(true);
    });
  });

  it("is all functions", () => {
    const known = Object.keys(UNARY_ARITY).sort();
    expect([...new Set(golden.functions.map(({ name }) => name))].sort()).toEqual(known);
    expect([...new Set(unaryFunctions.map(({ name }) => name))].sort()).toEqual(known);
  });
});

function nameOf(text: string): UnaryName {
  const name = (Object.keys(UNARY_ARITY) as UnaryName[]).find((known) => known === text);
  if (name === undefined) throw new RangeError(`There is no function "${text}".`);
  return name;
}

function numberOf(value: number | string | undefined): number {
  return value === "inf" ? Number.POSITIVE_INFINITY : value === "-inf" ? Number.NEGATIVE_INFINITY : Number(value);
}
