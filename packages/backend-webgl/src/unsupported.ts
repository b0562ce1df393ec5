/** Which ops WebGL2 runs, told from kinds and sizes alone: no context is needed, so that it can be asked anywhere, in Node too. */
import { type Op, outputShape, type Shape, ValueError, weightShapes } from "@keras-ts/core";
import { texels, textureRefusal } from "./gl/layout.ts";
import { buildWeights } from "./kernels/conv-weights.ts";
import { type Kernel, tablesOf } from "./kernels/step.ts";
import { selectKernel } from "./select.ts";

/** What devices differ in. */
export interface WebglLimits {
  /** Largest width and height of a texture, `MAX_TEXTURE_SIZE`. Left out: 2048, which all devices with WebGL2 have. */
  readonly maxTextureSize?: number;
  /** Whether it draws into four float layers at once, as some kernels do where they can. Left out: false, as WebGL2 does not promise it. */
  readonly layered?: boolean;
}

/** Source: OpenGL ES 3.0.6, table 6.28, which WebGL2 takes its minima from. */
const LEAST_TEXTURE_SIZE = 2048;

/**
 * Null when the op runs on data inputs of these shapes on a device with these limits, else the reason: what `unsupported` of the webgl
 * backend says with the limits of its device. Weights count, memory does not: no device tells how much it has. Throws ValueError for
 * limits that are none.
 */
export function webglUnsupported(op: Op, inputs: readonly Shape[], limits: WebglLimits = {}): string | null {
  const { maxTextureSize = LEAST_TEXTURE_SIZE, layered = false, ...others } = limits;
  const unknown = Object.keys(others);
  if (unknown.length > 0)
    throw new ValueError(`WebGL limits are maxTextureSize and layered. Received: ${unknown.join(", ")}.`);
  if (!Number.isInteger(maxTextureSize) || maxTextureSize < 1)
    throw new ValueError(
      `maxTextureSize is a positive number of texels. Received: maxTextureSize=${String(maxTextureSize)}.`,
    );
  if (op.kind === "elementwise") return "the webgl backend runs element-wise ops one by one";
  if (op.kind === "separable") return "the webgl backend runs both convolutions by themselves";
  if ("residual" in op && op.residual) return "the webgl backend adds residuals in a kernel of their own";
  const output = outputShape(op, inputs);
  const refused = (counts: readonly number[]) =>
    counts.map((count) => textureRefusal(count, maxTextureSize)).find((reason) => reason !== null) ?? null;
  // Before a kernel is built, which for a large resample is a large table.
  const reason = refused([...inputs, output].map(texels));
  if (reason) return reason;
  const kernel = selectKernel(op, inputs, output, layered);
  if (!kernel)
    return `the webgl backend has no kernel for ${op.kind} of these sizes. Received: ${JSON.stringify(inputs)}`;
  const steps = kernel.build(op, inputs, output);
  const tables = tablesOf(steps).map(({ shape }) => texels(shape));
  return refused([...weightTexels(kernel, op), ...tables, ...steps.map((step) => step.texels)]);
}

/** Of the weights as they are given, and as they are packed. */
function weightTexels({ layout }: Kernel, op: Op): number[] {
  if (!layout || (op.kind !== "conv" && op.kind !== "conv_transpose")) return [];
  return [...weightShapes(op).map(texels), ...buildWeights(op, layout).map((step) => step.texels)];
}
