/**
 * Two or more inputs joined along an axis. Whole texels move when the axis is not the last, or when all sizes along the
 * last are multiples of four: `y[(o·A + a)·INNER + i] = x_k[(o·A_k + a − start_k)·INNER + i]`, counted in texels. Else each
 * lane finds its input. A draw takes up to 15 inputs (WebGL2 promises 16 textures); more are joined to what was joined.
 */
import type { Shape } from "@keras-ts/core";
import { blocks, pixels } from "../gl/layout.ts";
import { input, type Kernel, narrow, type Operand, type Step, scratch, step } from "./step.ts";

const MAX_INPUTS = 15;

interface Piece {
  readonly operand: Operand;
  /** Size along the axis. */
  readonly size: number;
}

export const buildConcat: Kernel["build"] = (anyOp, inputs, output) => {
  const { axis } = narrow(anyOp, "concat");
  const whole = axis < output.length - 1 || inputs.every((shape) => (shape[axis] ?? 1) % 4 === 0);
  const steps: Step[] = [];
  let joined: Piece[] = [];
  let rest = inputs
    .map((shape, i): Piece => ({ operand: input(i), size: shape[axis] ?? 1 }))
    .filter(({ size }) => size > 0);
  while (rest.length > 0) {
    const taken = rest.slice(0, MAX_INPUTS - joined.length);
    rest = rest.slice(taken.length);
    const pieces = [...joined, ...taken];
    const into = rest.length === 0 ? null : steps.length;
    const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
    const shape = output.map((n, i) => (i === axis ? size : n));
    steps.push(whole ? texelStep(pieces, shape, axis, into) : laneStep(pieces, shape, into));
    joined = [{ operand: scratch(into ?? 0), size }];
  }
  return steps;
};

function texelStep(pieces: readonly Piece[], shape: Shape, axis: number, into: number | null): Step {
  const last = axis === shape.length - 1;
  const unit = last ? 4 : 1;
  const after = last ? 1 : shape.slice(axis + 1, -1).reduce((product, n) => product * n, 1) * blocks(shape);
  const total = (shape[axis] ?? 1) / unit;
  const ints: Record<string, number> = { INNER: after, TOTAL: total };
  pieces.forEach(({ size }, i) => Object.assign(ints, { [`S${i}`]: size / unit }));
  return step({
    key: `concat:texels:${pieces.length}`,
    reads: pieces.map(({ operand }) => operand),
    ints,
    texels: pixels(shape) * blocks(shape),
    into,
    body: () => `
int i = t % INNER;
int a = t / INNER;
int o = a / TOTAL;
a %= TOTAL;
${pieces.map((_, k) => `if (a < S${k}) return x${k}((o * S${k} + a) * INNER + i);\na -= S${k};`).join("\n")}
return vec4(0.0);`,
  });
}

function laneStep(pieces: readonly Piece[], shape: Shape, into: number | null): Step {
  const ints: Record<string, number> = { OCB: blocks(shape), OC: shape.at(-1) ?? 1 };
  pieces.forEach(({ size }, i) => Object.assign(ints, { [`S${i}`]: size }));
  return step({
    key: `concat:lanes:${pieces.length}`,
    reads: pieces.map(({ operand }) => operand),
    ints,
    texels: pixels(shape) * blocks(shape),
    into,
    functions: () => `
float element(int p, int c) {
${pieces.map((_, k) => `if (c < S${k}) return lane(x${k}(p * ((S${k} + 3) >> 2) + (c >> 2)), c & 3);\nc -= S${k};`).join("\n")}
return 0.0;
}`,
    body: () => `
int c = 4 * (t % OCB);
int p = t / OCB;
return vec4(element(p, c), element(p, c + 1), element(p, c + 2), element(p, c + 3));`,
  });
}
