/**
 * A layer that draws, in training: the draw is read off the output for one input, must be such as the layer may draw, and must
 * explain, for a new layer of the same seed, the output for another input and the gradient.
 */
import { NOISE_REFERENCES, type NoiseReference } from "../../conformance/src/layers/index.ts";
import type { Random } from "../../conformance/src/random.ts";
import { type Operand, operandOf } from "../../conformance/src/reference/operand.ts";
import type { Draw } from "./layer-draw.ts";
import { makeLayer } from "./made-layer.ts";
import { outputProblems } from "./output-problems.ts";
import { type Called, called, type Numbers } from "./prepared-layer.ts";
import { slopeProblems } from "./slope-check.ts";

/** Fewer elements than this may be drawn the same twice by chance. */
const MANY = 30;

const ROUNDINGS = 16;

/** What is wrong with such a layer. */
export async function* noiseProblems(draw: Draw, numbers: Numbers, random: Random): AsyncGenerator<string> {
  const { className, args } = draw;
  const reference = NOISE_REFERENCES[className];
  const [input] = numbers.inputs;
  if (!reference || !input) throw new RangeError(`There is no reference of what ${className} draws.`);
  const x = operandOf(input);
  const layer = makeLayer(className, args);
  const first = await called(layer, draw, numbers);
  const second = await called(layer, draw, numbers);
  const y = { shape: x.shape, values: Float64Array.from(first.outputs[0] ?? []) };
  const noise = reference.drawn(args, x, y);
  const problem = reference.problem(args, noise);
  if (problem !== null) yield `In training it made ${problem}.`;
  yield* outputProblems("in training", first.outputs, [expected(reference, draw, x, noise)]);
  const sharesDraws = args.noiseShape !== undefined || className.startsWith("Spatial");
  if (!sharesDraws && x.values.length >= MANY && sameNumbers(first, second))
    yield "Two calls in training drew the same.";

  const other = { ...numbers, inputs: [{ shape: x.shape, values: random.uniform(x.values.length, -1, 1) }] };
  const again = await called(makeLayer(className, args), draw, other);
  const otherX = operandOf(other.inputs[0] ?? input);
  yield* outputProblems("with the same seed", again.outputs, [expected(reference, draw, otherX, noise)]);
  const at = (inputs: readonly Operand[]) => inputs.map((moved) => reference.applied(args, moved, noise));
  const here = [expected(reference, draw, x, noise)];
  yield* slopeProblems(makeLayer(className, args), draw, numbers, { expected: here, at }, random);
}

function sameNumbers({ outputs: [a = []] }: Called, { outputs: [b = []] }: Called): boolean {
  return Array.from(a).join() === Array.from(b).join();
}

/** The draw is known as exactly as the output that it was read off. */
function expected(reference: NoiseReference, { args }: Draw, x: Operand, noise: Operand) {
  const y = reference.applied(args, x, noise);
  const scale = Math.max(1, ...[...y.values, ...noise.values].map(Math.abs));
  return { ...y, rounding: { terms: ROUNDINGS, scale } };
}
