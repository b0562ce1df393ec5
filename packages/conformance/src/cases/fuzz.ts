/** Random small ops from a seed; the seed is in every name, and `KERAS_TS_SEED` or the option brings it back. */
import { type Op, outputShape, type PoolOp, type Shape, sizeOf } from "@keras-ts/core";
import { Random } from "../random.ts";
import { at } from "../reference/operand.ts";
import { condition } from "./lookup.ts";
import { convOp, convTransposeOp, type Family, filterGradOf, inputGradOf, type OpCase } from "./op-case.ts";
import { adaptiveAxis, poolAxis } from "./pool.ts";
import { randomTable } from "./resample.ts";
import { unaryFunctions } from "./unary.ts";

/** `count` ops drawn from `seed`. */
export function fuzzFamily(seed: number, count: number): Family {
  const random = new Random(seed);
  const cases = Array.from({ length: count }, (_, i): OpCase => {
    const drawn = random.next() < 0.5 ? randomConv(random) : random.pick(makers)(random);
    return { name: `seed ${seed} number ${i}: ${drawn.op.kind}`, ...drawn };
  });
  return { name: "fuzz", cases };
}

type Drawn = Pick<OpCase, "op" | "inputs" | "fill" | "data">;

function shapeOf(random: Random, rank: number, most = 6): number[] {
  return Array.from({ length: rank }, () => random.int(1, most));
}

/** A convolution or one of its gradients, or a transposed convolution with free output size. */
function randomConv(random: Random): Drawn {
  const rank = random.int(1, 3);
  const per = <T>(draw: () => T): T[] => Array.from({ length: rank }, draw);
  const kernelSize = per(() => random.int(1, rank === 3 ? 3 : 5));
  const dilation = per(() => random.pick([1, 1, 1, 2, 3]));
  const strides = per(() => random.pick([1, 1, 2, 3]));
  const [groups, cg, fg] = random.pick([
    [1, random.int(1, 12), random.int(1, 12)],
    [random.int(2, 9), 1, random.int(1, 3)],
    [random.int(2, 4), random.int(1, 4), random.int(1, 4)],
  ] as const);
  const epilogue = { bias: random.next() < 0.5, activation: random.next() < 0.3 ? random.pick(unaryFunctions) : null };
  const numbers = {
    kernelSize,
    dilation,
    strides,
    groups,
    inChannels: groups * cg,
    outChannels: groups * fg,
    ...epilogue,
  };
  if (random.next() < 0.2) {
    const space = per(() => random.int(1, 5));
    const reach = space.map((n, i) => (n - 1) * at(strides, i) + (at(kernelSize, i) - 1) * at(dilation, i) + 1);
    const crop = reach.map((n) => random.int(0, Math.min(2, n - 1)));
    const outputSize = reach.map((n, i) => Math.max(1, n - at(crop, i) + random.int(-1, 2)));
    const op = convTransposeOp({ ...numbers, crop, outputSize });
    return { op, inputs: [[random.int(1, 3), ...space, op.inChannels]] };
  }
  const op = convOp({ ...numbers, padding: per(() => [random.int(0, 3), random.int(0, 3)] as const) });
  const space = op.padding.map(([before, after], i) => {
    const reach = (at(kernelSize, i) - 1) * at(dilation, i) + 1 - before - after;
    return Math.max(1, reach) + random.int(0, rank === 3 ? 3 : 7);
  });
  const input = [random.int(1, 3), ...space, op.inChannels];
  const output = outputShape(op, [input]);
  return random.pick<Drawn>([
    { op, inputs: [input] },
    { op, inputs: [input] },
    { op: inputGradOf(op, input), inputs: [output] },
    { op: filterGradOf(op), inputs: [input, output] },
  ]);
}

const makers: readonly ((random: Random) => Drawn)[] = [
  (random) => one({ kind: "unary", fn: random.pick(unaryFunctions) }, shapeOf(random, random.int(0, 4))),
  (random) => {
    const shape = shapeOf(random, random.int(0, 4));
    return { op: { kind: "unary_grad", fn: random.pick(unaryFunctions) }, inputs: [shape, shape] };
  },
  (random) => {
    const shape = shapeOf(random, random.int(0, 5), 4);
    const side = (): number[] => shape.map((n) => (random.next() < 0.3 ? 1 : n)).slice(random.int(0, shape.length));
    return {
      op: { kind: "binary", fn: random.pick(["add", "sub", "mul", "maximum", "minimum", "greater"]) },
      inputs: [side(), side()],
    };
  },
  (random) => {
    const shape = shapeOf(random, random.int(1, 5), 5);
    const axes = shape.map((_, i) => i).filter(() => random.next() < 0.5);
    return one({ kind: "reduce", fn: random.pick(["sum", "mean", "max"]), axes, keepdims: random.next() < 0.5 }, shape);
  },
  (random) => one({ kind: "softmax", log: random.next() < 0.5 }, shapeOf(random, random.int(1, 4), 9)),
  (random) => {
    const shape = shapeOf(random, random.int(1, 5), 5);
    return one({ kind: "transpose", perm: random.shuffle(shape.map((_, i) => i)) }, shape);
  },
  (random) => {
    const shape = shapeOf(random, random.int(2, 5), 5);
    return one({ kind: "reshape", shape: random.shuffle(shape) }, shape);
  },
  (random) => {
    const shape = shapeOf(random, random.int(1, 5), 5);
    return one(
      { kind: "broadcast", shape },
      shape.map((n) => (random.next() < 0.5 ? 1 : n)),
    );
  },
  (random) => {
    const shape = shapeOf(random, random.int(1, 5), 5);
    const begin = shape.map((n) => random.int(0, n - 1));
    return one({ kind: "slice", begin, size: shape.map((n, i) => random.int(1, n - at(begin, i))) }, shape);
  },
  (random) => {
    const shape = shapeOf(random, random.int(1, 5), 5);
    const axis = random.int(0, shape.length - 1);
    const parts = Array.from({ length: random.int(2, 4) }, () =>
      shape.map((n, i) => (i === axis ? random.int(1, 6) : n)),
    );
    return { op: { kind: "concat", axis }, inputs: parts };
  },
  (random) => {
    const shape = shapeOf(random, random.int(0, 5), 5);
    const padding = shape.map(() => [random.int(0, 3), random.int(0, 3)] as const);
    return one({ kind: "pad", padding, value: random.pick([0, 0, -1, 2.5]) }, shape);
  },
  randomPool,
  randomPool,
  (random) => {
    const shape = shapeOf(random, random.int(1, 5), 5);
    const axis = random.int(0, shape.length - 1);
    const n = at(shape, axis);
    return one({ kind: "resample", axis, ...randomTable(random, n, random.int(1, 9), 5) }, shape);
  },
  (random) => {
    const shape = shapeOf(random, random.int(0, 5), 4);
    const side = (): number[] => shape.map((n) => (random.next() < 0.3 ? 1 : n)).slice(random.int(0, shape.length));
    const chooser = side();
    return {
      op: { kind: "select" },
      inputs: [chooser, side(), side()],
      data: [condition(random, sizeOf(chooser)), null, null],
    };
  },
  (random) => {
    const indices = shapeOf(random, random.int(0, 3), 5);
    const [rows, d] = [random.int(1, 7), random.int(1, 9)];
    const data = [Float32Array.from({ length: sizeOf(indices) }, () => random.int(-rows - 1, rows)), null];
    return random.pick<Drawn>([
      { op: { kind: "gather" }, inputs: [indices, [rows, d]], data },
      { op: { kind: "gather_grad", rows }, inputs: [indices, [...indices, d]], data },
    ]);
  },
];

/** A pooling or its gradient, with ties as often as not. */
function randomPool(random: Random): Drawn {
  const space = shapeOf(random, random.int(1, 3), 8);
  const adaptive = random.next() < 0.3;
  const axes = space.map((n) => {
    if (adaptive) return adaptiveAxis(n, random.int(1, 9));
    const size = random.int(1, n);
    return poolAxis(n, size, random.int(1, 4), random.int(0, size - 1), random.int(0, size - 1));
  });
  const input = [random.int(1, 3), ...space, random.int(1, 9)];
  const op: PoolOp = { kind: "pool", fn: random.pick(["max", "mean"]), axes };
  const fill = random.pick(["integers", "uniform"] as const);
  if (random.next() < 0.5) return { op, inputs: [input], fill };
  const output = outputShape(op, [input]);
  return {
    op: { ...op, kind: "pool_grad", inputSize: space },
    inputs: op.fn === "max" ? [output, input] : [output],
    fill,
  };
}

function one(op: Op, shape: Shape): Drawn {
  return { op, inputs: [shape] };
}
