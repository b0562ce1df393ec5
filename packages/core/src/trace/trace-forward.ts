/** Traces the inference pass of a layer or model on inputs of known shape. */
import { UnsupportedError, ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import type { Value } from "../ops/value.ts";
import { flatten, type Nested } from "../structure.ts";
import { tidy } from "../tf.ts";
import { KerasVariable } from "../variable.ts";
import { tracing } from "./active-trace.ts";
import { Trace, TracedTensor } from "./traced-tensor.ts";

/** What can be planned: layers and models. */
export interface Traceable {
  readonly name: string;
  /** Changes when layers are added or removed: what was compiled before is another function. */
  readonly revision: number;
  /** Shapes of the inputs where the target knows them, null for unknown sizes; null when it does not. */
  readonly inputShapes: readonly (readonly (number | null)[])[] | null;
  /** Builds for these input shapes if that has not happened; checks them against what was built. */
  ensureBuilt(shapes: readonly (readonly number[])[]): void;
  /** The forward pass, written against ops, on one value an input. */
  traceCall(inputs: readonly Value[]): Nested<Value>;
}

export function traceForward(
  target: Traceable,
  given: readonly (readonly number[])[] | undefined,
): { trace: Trace; inputs: TracedTensor[]; outputs: TracedTensor[] } {
  if (typeof target !== "object" || target === null || typeof target.traceCall !== "function") {
    throw new ValueError(`keras.plan takes a layer or a model. Received: ${formatValue(target)}`);
  }
  if (given !== undefined && (!Array.isArray(given) || !given.every((shape) => Array.isArray(shape)))) {
    throw new ValueError(
      `inputShapes is a list with one shape an input, such as [[1, 98, 40]]. Received: inputShapes=${formatValue(given)}`,
    );
  }
  const shapes = given ?? knownShapes(target);
  for (const shape of shapes) {
    if (!Array.isArray(shape) || shape.some((n) => !Number.isInteger(n) || n < 0)) {
      throw new ValueError(
        `A plan needs input shapes of known sizes, batch included. Received: inputShapes=[${shapes.map((s) => formatShape(s)).join(", ")}]`,
      );
    }
  }
  target.ensureBuilt(shapes);
  const trace = new Trace();
  const inputs = shapes.map((shape, i) => trace.input(i, shape));
  try {
    const outputs: TracedTensor[] = [];
    // What a call makes on its way, such as the zeros a recurrent layer starts from, ends here: the trace keeps its own.
    tidy(() => {
      for (const value of tracing(trace, () => flatten(callTraced(target, inputs))))
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

function callTraced(target: Traceable, inputs: readonly TracedTensor[]): Nested<Value> {
  try {
    return target.traceCall(inputs);
  } catch (error) {
    if (error instanceof ValueError || error instanceof UnsupportedError) throw error;
    // What tfjs says when one of its own functions meets a symbol: "Argument 'x' passed to 'relu' must be a Tensor…".
    throw new UnsupportedError(
      `'${target.name}' cannot be planned: its call uses something besides keras.ops. ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
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
