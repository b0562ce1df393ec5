/** On which backends a model runs, told op by op: cpu is asked, webgl is judged by sizes, as there is none in Node. */
import {
  getBackend,
  type Model,
  type OpJudge,
  outputShape,
  type PlannedOp,
  plannedOps,
  sizeOf,
  UnsupportedError,
} from "@keras-ts/core";

/** A line for each backend, with what stands against it. */
export interface WhereItRuns {
  readonly facts: readonly (readonly [backend: string, text: string])[];
  /** Whether it runs in Node. */
  readonly isFine: boolean;
}

/** Widths and heights of textures: what WebGL2 promises first, what is usual last (README of @keras-ts/backend-webgl). */
const TEXTURE_SIZES = [2048, 4096, 8192, 16384] as const;

/** At these shapes of the model's inputs; null where some are unknown. */
export async function whereItRuns(
  model: Model,
  inputShapes: readonly (readonly number[])[] | null,
): Promise<WhereItRuns> {
  if (inputShapes === null) {
    const text = "not looked at: sizes of its inputs are unknown; give --shape once an input";
    return { facts: ["cpu", "webgl"].map((backend) => [backend, text] as const), isFine: true };
  }
  const at = `at ${inputShapes.map((shape) => `(${shape.join(", ")})`).join(", ")}`;
  try {
    const onCpu = plannedOps(model, cpuJudge(), { inputShapes });
    const isFine = onCpu.every(({ unsupported }) => unsupported === null);
    const cpu = isFine ? `runs ${at}: ${countText(onCpu)}` : `cannot run ${at}:${listText(onCpu)}`;
    const facts = [
      ["cpu", cpu],
      ["webgl", await webglText(model, inputShapes, at)],
    ] as const;
    return { facts, isFine };
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    return { facts: [["cpu, webgl", `cannot be planned: ${error.message}`]], isFine: false };
  }
}

/** What WebAssembly can address. */
const HEAP_BYTES = 2 ** 32;

/** The backend, and the memory that an op needs at least: without it, whatever else lies there, none can run. */
function cpuJudge(): OpJudge {
  const backend = getBackend();
  return {
    separableFrom: backend.separableFrom,
    unsupported: (op, inputs) => {
      const bytes = [...inputs, outputShape(op, inputs)].reduce((sum, shape) => sum + 4 * sizeOf(shape), 0);
      const tooLarge =
        bytes > HEAP_BYTES ? `inputs and output take ${bytes} bytes; WebAssembly has ${HEAP_BYTES}` : null;
      return backend.unsupported(op, inputs) ?? tooLarge;
    },
  };
}

async function webglText(model: Model, inputShapes: readonly (readonly number[])[], at: string): Promise<string> {
  // Only where it is needed: tfjs's WebGL would make the tool start a quarter slower.
  const { webglUnsupported } = await import("@keras-ts/backend-webgl");
  const [promised, , , usual] = TEXTURE_SIZES;
  const ops = plannedOps(model, { unsupported: webglUnsupported }, { inputShapes });
  const within = (maxTextureSize: number) =>
    ops.map((item) => ({ ...item, unsupported: webglUnsupported(item.op, item.inputs, { maxTextureSize }) }));
  const enough = TEXTURE_SIZES.find((size) => within(size).every(({ unsupported }) => unsupported === null));
  if (enough === promised)
    return `runs ${at}: ${countText(ops)}, with textures of ${square(promised)}, which all devices have`;
  if (enough === undefined)
    return `cannot run ${at} with textures of ${square(usual)}, which are usual:${listText(within(usual))}`;
  return `runs ${at} with textures of ${square(enough)} (${square(usual)} are usual), not with those of ${square(promised)} that all devices have:${listText(ops)}`;
}

/** What stands against it, a line for each layer. */
function listText(ops: readonly PlannedOp[]): string {
  const reasons = new Map<string, string[]>();
  for (const { layer, op, onWeights, unsupported } of ops) {
    if (unsupported === null) continue;
    const name = layer || (onWeights ? "(weights)" : "(outputs)");
    reasons.set(name, [...(reasons.get(name) ?? []), `${op.kind}: ${unsupported}`]);
  }
  const line = ([layer, [first, ...more]]: [string, string[]]) =>
    `\n- ${layer}: ${first}${more.length > 0 ? ` (and ${more.length} more of its ops)` : ""}`;
  return [...reasons].map(line).join("");
}

function countText(ops: readonly PlannedOp[]): string {
  const steps = ops.filter(({ onWeights }) => !onWeights).length;
  return steps === 1 ? "1 step" : `${steps} steps`;
}

function square(size: number): string {
  return `${size}×${size}`;
}
