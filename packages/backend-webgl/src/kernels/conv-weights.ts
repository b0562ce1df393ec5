/**
 * Draws the weights of `conv` and `conv_transpose` in the layout their kernels read: `[taps, rows, outChannels]`, four
 * output channels a texel, rows of a tap filled up with zeros to `ROWS` (see `WeightLayout`).
 *
 *     conv            w[tap, c, f] = kernel[tap, c, f]                              (a copy, but for the rows of zeros)
 *     conv_transpose  w[tap, c, f] = kernel[tap, f mod ocg, (f div ocg)·icg + c]
 */
import { type ConvOp, type ConvTransposeOp, weightShapes } from "@keras-ts/core";
import { blocks, texels } from "../gl/layout.ts";
import { input, type Step, step, type WeightLayout } from "./step.ts";

/** The draws that pack an op's weights: kernel, then bias. Input of each is the weight in its canonical shape. */
export function buildWeights(op: ConvOp | ConvTransposeOp, layout: WeightLayout): Step[] {
  const [kernel = [], bias] = weightShapes(op);
  const icg = op.inChannels / op.groups;
  const ocg = op.outChannels / op.groups;
  const rows = layout === "taps_c4_f" ? 4 * Math.ceil(icg / 4) : icg;
  const taps = op.kernelSize.reduce((product, k) => product * k, 1);
  const outBlocks = Math.ceil(op.outChannels / 4);
  const ints = { ROWS: rows, ICG: icg, OCG: ocg, OC: op.outChannels, OCB: outBlocks, KB: blocks(kernel) };
  const steps = [
    step({
      key: `weights:${op.kind}`,
      reads: [input(0)],
      ints,
      texels: taps * rows * outBlocks,
      body: () => (op.kind === "conv" ? CONV : TRANSPOSE),
    }),
  ];
  if (bias)
    steps.push(step({ key: "copy", reads: [input(0)], ints: {}, texels: texels(bias), body: () => "return x0(t);" }));
  return steps;
}

const SPLIT = `
int ob = t % OCB;
int row = t / OCB;
int tap = row / ROWS;
int c = row % ROWS;
if (c >= ICG) return vec4(0.0);`;

const CONV = `${SPLIT}
return x0((tap * ICG + c) * OCB + ob);`;

const TRANSPOSE = `${SPLIT}
vec4 w = vec4(0.0);
for (int i = 0; i < 4; i++) {
  int f = min(4 * ob + i, OC - 1);
  int channel = (f / OCG) * ICG + c;
  w[i] = lane(x0((tap * OCG + f % OCG) * KB + (channel >> 2)), channel & 3);
}
return firstLanes(w, OC - 4 * ob);`;
