/**
 * Every gradient rule of core, first and second derivatives, against differences of the float64 reference. The rules run
 * on the reference as a backend, so that what fails here is the rule and no kernel.
 */
import { type Op, type OpKind, outputShape, registerBackend, type Shape, setBackend, sizeOf } from "@keras-ts/core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js"; // rules copy upstreams with tfjs's Identity
import { engine, grads, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { RULES } from "../../core/src/gradients/rules.ts";
import { asTensor, run } from "../../core/src/ops/run.ts";
import { convOp, convTransposeOp, depthwiseOp, filterGradOf, fn, weightShapesOf } from "../src/cases/op-case.ts";
import { adaptiveAxis, poolAxis } from "../src/cases/pool.ts";
import { Random, reference } from "../src/run.ts";
import { SlowBackend } from "./slow-backend.ts";

interface Row {
  readonly name: string;
  readonly op: Op;
  readonly inputs: readonly Shape[];
  /** Values of the inputs that are not random numbers apart from each other. */
  readonly data?: readonly (readonly number[] | null)[];
  /** Inputs that are piecewise constant: their gradient must be 0 and is not measured by differences. */
  readonly constant?: readonly number[];
  /** The rule's own gradient is measured too. */
  readonly second?: true;
}

const conv = convOp({
  kernelSize: [3, 2],
  strides: [2, 1],
  padding: [
    [1, 0],
    [2, 1],
  ],
  groups: 2,
  inChannels: 4,
  outChannels: 6,
});
const pools = [poolAxis(5, 3, 2, 1, 1), adaptiveAxis(4, 3)];
const taps = { starts: [1, 0, 2, 0], weights: [[0.5, -1], [], [2], [0.25, 0.5, 0.75, 1]] };

const rows: readonly Row[] = [
  { name: "conv", op: conv, inputs: [[1, 5, 4, 4]], second: true },
  {
    name: "conv 1d dilated",
    op: convOp({ kernelSize: [3], dilation: [2], padding: [[4, 0]], inChannels: 2, outChannels: 3 }),
    inputs: [[2, 5, 2]],
    second: true,
  },
  {
    name: "conv whose last positions no window reads",
    op: convOp({ kernelSize: [2], strides: [3], inChannels: 2, outChannels: 2 }),
    inputs: [[1, 7, 2]],
    second: true,
  },
  { name: "conv 3d", op: convOp({ kernelSize: [2, 1, 2], inChannels: 2, outChannels: 2 }), inputs: [[1, 3, 2, 3, 2]] },
  {
    name: "depthwise",
    op: depthwiseOp(3, 2, { kernelSize: [3], padding: [[1, 1]] }),
    inputs: [[2, 4, 3]],
    second: true,
  },
  {
    name: "conv_transpose",
    op: convTransposeOp({
      kernelSize: [3, 2],
      strides: [2, 3],
      crop: [1, 0],
      outputSize: [6, 7],
      groups: 2,
      inChannels: 4,
      outChannels: 2,
    }),
    inputs: [[1, 3, 2, 4]],
    second: true,
  },
  {
    name: "conv_transpose cut short",
    op: convTransposeOp({ kernelSize: [4], strides: [2], crop: [2], outputSize: [5], inChannels: 2, outChannels: 3 }),
    inputs: [[2, 4, 2]],
    second: true,
  },
  {
    name: "conv_filter_grad",
    op: filterGradOf(conv),
    inputs: [[1, 5, 4, 4], outputShape(conv, [[1, 5, 4, 4]])],
    second: true,
  },
  { name: "affine", op: { kind: "unary", fn: fn("affine", -2, 3) }, inputs: [[2, 3]], second: true },
  { name: "tanh", op: { kind: "unary", fn: fn("tanh") }, inputs: [[2, 3]] },
  { name: "square", op: { kind: "unary", fn: fn("square") }, inputs: [[2, 3]] },
  ...(["add", "sub", "mul", "div", "maximum", "minimum"] as const).flatMap((name): Row[] => [
    {
      name,
      op: { kind: "binary", fn: name },
      inputs: [
        [2, 3],
        [2, 3],
      ],
      second: true,
    },
    {
      name: `${name}, broadcast`,
      op: { kind: "binary", fn: name },
      inputs: [
        [2, 1, 3],
        [4, 1],
      ],
      second: true,
    },
    { name: `${name} with a scalar`, op: { kind: "binary", fn: name }, inputs: [[2, 3], []], second: true },
  ]),
  ...(["greater", "equal"] as const).map(
    (name): Row => ({ name, op: { kind: "binary", fn: name }, inputs: [[2, 3], [3]], constant: [0, 1] }),
  ),
  ...(["sum", "mean", "max"] as const).flatMap((name): Row[] => [
    { name, op: { kind: "reduce", fn: name, axes: [0, 2], keepdims: false }, inputs: [[2, 3, 4]], second: true },
    { name: `${name}, kept`, op: { kind: "reduce", fn: name, axes: [1], keepdims: true }, inputs: [[2, 3, 4]] },
    { name: `${name} of all`, op: { kind: "reduce", fn: name, axes: [0, 1], keepdims: false }, inputs: [[2, 3]] },
  ]),
  { name: "softmax", op: { kind: "softmax", log: false }, inputs: [[2, 5]], second: true },
  { name: "log_softmax", op: { kind: "softmax", log: true }, inputs: [[2, 5]], second: true },
  { name: "sparsemax", op: { kind: "sparsemax" }, inputs: [[2, 5]] },
  { name: "transpose", op: { kind: "transpose", perm: [2, 0, 1] }, inputs: [[2, 3, 4]], second: true },
  { name: "reshape", op: { kind: "reshape", shape: [3, 4] }, inputs: [[2, 6]], second: true },
  { name: "broadcast", op: { kind: "broadcast", shape: [2, 3, 4] }, inputs: [[3, 1]], second: true },
  { name: "slice", op: { kind: "slice", begin: [1, 0, 2], size: [1, 3, 1] }, inputs: [[2, 3, 4]], second: true },
  {
    name: "pad",
    op: {
      kind: "pad",
      padding: [
        [0, 0],
        [2, 1],
        [0, 3],
      ],
      value: 5,
    },
    inputs: [[2, 3, 2]],
    second: true,
  },
  {
    name: "concat",
    op: { kind: "concat", axis: 1 },
    inputs: [
      [2, 1],
      [2, 3],
      [2, 2],
    ],
    second: true,
  },
  { name: "pool max", op: { kind: "pool", fn: "max", axes: pools }, inputs: [[2, 5, 4, 2]] },
  { name: "pool mean", op: { kind: "pool", fn: "mean", axes: pools }, inputs: [[2, 5, 4, 2]] },
  { name: "resample", op: { kind: "resample", axis: 1, ...taps }, inputs: [[2, 4, 3]], second: true },
  {
    name: "select",
    op: { kind: "select" },
    inputs: [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    data: [[0, 1, 1, 0, -1, 0], null, null],
    constant: [0],
    second: true,
  },
  {
    name: "select, broadcast",
    op: { kind: "select" },
    inputs: [[3, 1], [2, 1, 4], []],
    data: [[0, 2, 0], null, null],
    constant: [0],
    second: true,
  },
  {
    name: "gather",
    op: { kind: "gather" },
    inputs: [
      [2, 2],
      [3, 4],
    ],
    data: [[0, 2, -1, 0], null],
    constant: [0],
    second: true,
  },
  {
    name: "gather_grad",
    op: { kind: "gather_grad", rows: 3 },
    inputs: [[4], [4, 2]],
    data: [[0, 2, -1, 5], null],
    constant: [0],
    second: true,
  },
];

/** Numbers apart by at least 0.03, so that differences never step over a kink. */
function apart(random: Random, size: number): number[] {
  return random.shuffle(Array.from({ length: size }, (_, i) => i)).map((rank) => 0.3 + 0.05 * rank);
}

interface Operand {
  readonly shape: Shape;
  readonly values: Float64Array;
}

function operandsOf({ name, op, inputs, data }: Row): Operand[] {
  const random = new Random(name);
  const shapes = [...inputs, ...weightShapesOf(op)];
  const numbers = apart(
    random,
    shapes.reduce((sum, shape) => sum + sizeOf(shape), 0),
  );
  return shapes.map((shape, i) => {
    const values = Float64Array.from(data?.[i] ?? numbers.splice(0, sizeOf(shape)));
    return { shape, values: values.map(Math.fround) };
  });
}

/** Σ upstream · op(operands), in float64. */
function lossOf({ op, inputs }: Row, operands: readonly Operand[], upstream: ArrayLike<number>): number {
  const y = reference(op, operands.slice(0, inputs.length), operands.slice(inputs.length));
  return y.reduce((sum, v, i) => sum + v * (upstream[i] ?? Number.NaN), 0);
}

/** The operands with operand i moved by `size · direction`. */
function moved(operands: readonly Operand[], i: number, direction: ArrayLike<number>, size: number): Operand[] {
  return operands.map((o, j) =>
    j === i ? { shape: o.shape, values: o.values.map((v, e) => v + size * (direction[e] ?? 0)) } : o,
  );
}

const unit = (n: number, at: number) => Float64Array.from({ length: n }, (_, i) => (i === at ? 1 : 0));

const tensorOf = ({ shape, values }: Operand): Tensor => tensor(Float32Array.from(values), [...shape]);

function forward({ op, inputs }: Row, operands: readonly Tensor[]): Tensor {
  return asTensor(run(op, operands.slice(0, inputs.length), operands.slice(inputs.length)));
}

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, label: string): void {
  expect(actual.length, label).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  // float32 values in the rule's ops, and differences of step 1e-4 below that: relative errors of 1e-8/x² and 1e-16/step²
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? 0)), `${label}[${i}]`).toBeLessThan(2e-5 * scale);
}

beforeAll(async () => {
  registerBackend(new SlowBackend());
  expect(await setBackend("slow")).toBe("slow");
});

describe("gradients by differences", () => {
  it.each(rows)("$name", (row) => {
    const operands = operandsOf(row);
    const upstream = new Random("upstream").uniform(sizeOf(outputShape(row.op, row.inputs)), -1, 1);
    const step = 1e-4;
    const dy = tensor(upstream, outputShape(row.op, row.inputs));
    const found = tidy(() =>
      grads((...args: Tensor[]) => forward(row, args))(operands.map(tensorOf), dy).map((g) => g.dataSync()),
    );
    for (const [i, { values }] of operands.entries()) {
      const expected = Float64Array.from(values, (_, e) => {
        if (row.constant?.includes(i)) return 0;
        const [up, down] = [step, -step].map((s) =>
          lossOf(row, moved(operands, i, unit(values.length, e), s), upstream),
        );
        return ((up ?? Number.NaN) - (down ?? Number.NaN)) / (2 * step);
      });
      close(found[i] ?? [], expected, `operand ${i}`);
    }
  });
});

describe("second derivatives by differences", () => {
  it.each(rows.filter(({ second }) => second))("$name", (row) => {
    const operands = operandsOf(row);
    const upstream = new Random("upstream").uniform(sizeOf(outputShape(row.op, row.inputs)), -1, 1);
    for (const [i, { values, shape }] of operands.entries()) {
      if (row.constant?.includes(i)) continue;
      const direction = new Random(`direction ${i}`).uniform(values.length, -1, 1);
      // tfjs's tape needs a function of all operands and dy; the gradient by operand i is taken along `direction`
      const found = tidy(() => {
        const inner = (...args: Tensor[]): Tensor => {
          const [dy] = args.slice(-1);
          const first = grads((...own: Tensor[]) => forward(row, own))(args.slice(0, -1), dy)[i];
          if (!first) throw new RangeError(`There is no gradient of operand ${i}.`);
          return first;
        };
        const dy = tensor(upstream, outputShape(row.op, row.inputs));
        const seed = tensor(direction, [...shape]);
        const all = [...operands.map(tensorOf), dy];
        const independent = true; // of operands that the first gradient does not depend on, tfjs gives null
        const { grads: second } = engine().gradients(() => inner(...all), all, seed, independent);
        return all.map((t, e) => second[e]?.dataSync() ?? new Float32Array(t.size));
      });
      const step = 1e-4;
      for (const [j, other] of operands.entries()) {
        const expected = Float64Array.from(other.values, (_, e) => {
          if (row.constant?.includes(j)) return 0;
          const at = (a: number, b: number): number =>
            lossOf(row, moved(moved(operands, i, direction, a), j, unit(other.values.length, e), b), upstream);
          return (at(step, step) - at(step, -step) - at(-step, step) + at(-step, -step)) / (4 * step * step);
        });
        close(found[j] ?? [], expected, `operand ${i} along a direction, then operand ${j}`);
      }
    }
  });
});

it("has a row for every kind that has a rule", () => {
  const derivedOnly: readonly OpKind[] = ["pool_grad", "unary_grad", "sparsemax_grad"];
  const tested = new Set<OpKind>(rows.map(({ op }) => op.kind));
  const rules = Object.keys(RULES).filter((kind) => !derivedOnly.some((other) => other === kind));
  expect(rules.filter((kind) => ![...tested].some((other) => other === kind))).toEqual([]);
});

it("shares a maximum's gradient among ties as JAX does", () => {
  const x = tensor([1, 3, 3, 3, 0, 3], [2, 3]);
  const max = grads((a: Tensor) => asTensor(run({ kind: "reduce", fn: "max", axes: [1], keepdims: false }, [a])));
  const [g] = max([x], tensor([6, 4]));
  expect([...(g?.dataSync() ?? [])]).toEqual([0, 3, 3, 2, 0, 2]);
});

it("gives the gradient of a pooled maximum to the first of equals", () => {
  const x = tensor([2, 2, 2, 2, 2, 2, 2], [1, 7, 1]);
  const pooled = grads((a: Tensor) => asTensor(run({ kind: "pool", fn: "max", axes: [poolAxis(7, 3, 2)] }, [a])));
  const [g] = pooled([x], tensor([1, 2, 3], [1, 3, 1]));
  expect([...(g?.dataSync() ?? [])]).toEqual([1, 0, 2, 0, 3, 0, 0]); // keras.ops.max_pool on JAX
});
