/** Traces the inference pass of a layer or model on inputs of known shape. */
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { KerasTensor } from "../models/keras-tensor.ts";
import type { Value } from "../ops/value.ts";
import { flatten, isRecord, type Nested } from "../structure.ts";
import { inScope } from "../tf.ts";
import { KerasVariable } from "../variable.ts";
import { tracing } from "./active-trace.ts";
import { Trace, TracedTensor } from "./traced-tensor.ts";

/** One shape an input, in a list; or shapes in the lists and records that `call` takes. */
export type InputShapes = readonly InputShape[] | { readonly [key: string]: InputShape };

/** One shape, or several where `call` takes a list or a record. */
export type InputShape = readonly number[] | readonly InputShape[] | { readonly [key: string]: InputShape };

/** What can be planned: layers and models. */
export interface Traceable {
  readonly name: string;
  /** Changes when layers are added or removed: what was compiled before is another function. */
  readonly revision: number;
  /** Shapes of the inputs where the target knows them, null for unknown sizes; null when it does not. */
  readonly inputShapes: readonly (readonly (number | null)[])[] | null;
  /** Builds for these input shapes if that has not happened; checks them against what was built. */
  ensureBuilt(shapes: readonly (readonly number[])[], structure?: Nested<unknown>): void;
  /** The forward pass, written against ops, on one value an input; `call` takes them in `structure`, where that is given. */
  traceCall(inputs: readonly Value[], structure?: Nested<unknown>): Nested<Value>;
}

/** Runs the target on symbols of these shapes. The caller disposes the trace. */
export function traceForward(
  target: Traceable,
  given: InputShapes | undefined,
): { trace: Trace; inputs: TracedTensor[]; outputs: TracedTensor[] } {
  if (typeof target !== "object" || target === null || typeof target.traceCall !== "function") {
    throw new ValueError(`keras.plan takes a layer or a model. Received: ${formatValue(target)}`);
  }
  const { shapes, structure } = given === undefined ? { shapes: knownShapes(target) } : readShapes(given);
  for (const shape of shapes) {
    if (shape.some((n) => !Number.isInteger(n) || n < 0)) {
      throw new ValueError(
        `A plan needs input shapes of known sizes, batch included. Received: inputShapes=[${shapes.map((s) => formatShape(s)).join(", ")}]`,
      );
    }
  }
  target.ensureBuilt(shapes, structure);
  const trace = new Trace();
  const inputs = shapes.map((shape, i) => trace.input(i, shape));
  try {
    const outputs: TracedTensor[] = [];
    // What a call makes on its way, such as the zeros a recurrent layer starts from, ends here: the trace keeps its own.
    inScope(() => {
      for (const value of tracing(trace, () => flatten(callTraced(target, inputs, structure))))
        outputs.push(traced(value, trace, target));
    });
    return { trace, inputs, outputs };
  } catch (error) {
    trace.dispose();
    throw error;
  }
}

function traced(value: Value, trace: Trace, target: Traceable): TracedTensor {
  if (value instanceof TracedTensor) return value;
  if (value instanceof KerasVariable) return trace.variable(value);
  throw new UnsupportedError(
    `'${target.name}' cannot be planned: its call returned a tensor that does not come from keras.ops.`,
  );
}

function callTraced(
  target: Traceable,
  inputs: readonly TracedTensor[],
  structure: Nested<unknown> | undefined,
): Nested<Value> {
  try {
    return target.traceCall(inputs, structure);
  } catch (error) {
    if (error instanceof ValueError || error instanceof UnsupportedError) throw error;
    // What tfjs says when one of its own functions meets a symbol: "Argument 'x' passed to 'relu' must be a Tensor…".
    // A property that is not there is what a call meets that takes a record and was given a list.
    const hint =
      structure === undefined && error instanceof TypeError ? " Give inputShapes as a record if it takes one." : "";
    throw new UnsupportedError(
      `'${target.name}' cannot be planned: its call uses something besides keras.ops. ${error instanceof Error ? error.message : String(error)}${hint}`,
      { cause: error },
    );
  }
}

interface GivenShapes {
  readonly shapes: readonly (readonly number[])[];
  /** Of the inputs; undefined for a list with one shape an input, which the target puts into its own. */
  readonly structure?: Nested<unknown> | undefined;
}

function readShapes(given: InputShapes): GivenShapes {
  const refuse = () =>
    new ValueError(
      `inputShapes is a list with one shape an input, such as [[1, 98, 40]], or a record of shapes where call() takes one. Received: inputShapes=${formatValue(given)}`,
    );
  const structure = shapeLeaves(given, refuse);
  if (structure instanceof KerasTensor && structure.rank > 0) throw refuse();
  const isFlat = Array.isArray(given) && given.every(isOneShape);
  const shapes = isFlat ? (given as number[][]) : flatten(structure).map(({ shape }) => shape as readonly number[]);
  return { shapes, structure: isFlat ? undefined : structure };
}

/** The structure with each shape as one leaf, not a list of numbers. */
function shapeLeaves(given: unknown, refuse: () => ValueError): Nested<KerasTensor> {
  if (isOneShape(given)) return new KerasTensor(given, { name: "input" });
  if (Array.isArray(given)) return given.map((item) => shapeLeaves(item, refuse));
  if (!isRecord(given as Nested<unknown>)) throw refuse();
  return Object.fromEntries(Object.entries(given as object).map(([key, item]) => [key, shapeLeaves(item, refuse)]));
}

function isOneShape(given: unknown): given is readonly number[] {
  return Array.isArray(given) && !given.some((item) => typeof item === "object" && item !== null);
}

function knownShapes(target: Traceable): readonly (readonly number[])[] {
  const shapes = target.inputShapes;
  if (!shapes) throw new ValueError(`keras.plan('${target.name}') needs inputShapes: it was never called or built.`);
  return shapes.map((shape) =>
    shape.map((n) => {
      if (n === null)
        throw new ValueError(
          `keras.plan('${target.name}') needs inputShapes: its input shape ${formatShape(shape)} has unknown sizes.`,
        );
      return n;
    }),
  );
}
