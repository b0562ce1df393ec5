/** `keras-ts plan`: what a model is compiled to. */
import { type Model, plan } from "@keras-ts/core";
import type { Arguments } from "./arguments.ts";
import { openModel } from "./open-model.ts";
import type { ProgressLine } from "./progress-line.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** Prints `explain()` of the model's plan. */
export async function planModel(args: Arguments, terminal: Terminal, progress: ProgressLine): Promise<0> {
  const model = await openModel(args.model, terminal, progress);
  const inputShapes = shapesToPlan(model, args.shapes);
  if (inputShapes === null)
    throw new UsageError(
      `inputs of this model have unknown sizes: give --shape once an input. Received: ${shapesText(model)}`,
    );
  const compiled = await plan(model, { inputShapes });
  terminal.out.write(`${compiled.explain()}\n`);
  compiled.dispose();
  model.dispose();
  return 0;
}

/** Shapes of all inputs, an unknown batch as 1; null where other sizes are unknown. Throws UsageError for shapes that are not the model's. */
export function shapesToPlan(
  model: Model,
  given: readonly (readonly number[])[],
): readonly (readonly number[])[] | null {
  const shapes = model.inputs.map(({ shape }) => shape);
  if (given.length === 0) {
    const known = shapes.map((shape) => shape.map((size, axis) => size ?? (axis === 0 ? 1 : 0)));
    return known.some((shape) => shape.includes(0)) ? null : known;
  }
  if (given.length !== shapes.length)
    throw new UsageError(`--shape is given once an input. Received: ${given.length}; inputs: ${shapesText(model)}`);
  for (const [i, shape] of shapes.entries()) {
    const mine = given[i] ?? [];
    if (mine.length !== shape.length || shape.some((size, axis) => size !== null && size !== mine[axis]))
      throw new UsageError(`--shape ${mine.join(",")} does not fit an input. Inputs: ${shapesText(model)}`);
  }
  return given;
}

function shapesText(model: Model): string {
  return model.inputs.map(({ name, shape }) => `${name} (${shape.map((size) => size ?? "?").join(", ")})`).join("; ");
}
