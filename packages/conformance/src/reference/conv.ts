/**
 * Convolution, transposed convolution and filter gradient as nested loops over the formulas of `op.ts`, rank 1–3
 * brought to 3 by leading axes of length 1. No bias, no activation: those are the epilogue (`reference.ts`).
 */
import type { ConvFilterGradOp, ConvOp, ConvTransposeOp, Shape } from "@keras-ts/core";
import { at as checked, type Operand } from "./operand.ts";

const at = checked; // an own constant is inlined in the loops, also where imports have become property reads

/** Sums of `conv`, `[n, ...out, outChannels]`. */
export function conv(op: ConvOp, x: Operand, kernel: Operand, outShape: Shape): Float64Array {
  const [n, iD, iH, iW] = spatial(x.shape);
  const [, oD, oH, oW] = spatial(outShape);
  const [kD, kH, kW] = lift(op.kernelSize, 1);
  const [sD, sH, sW] = lift(op.strides, 1);
  const [dD, dH, dW] = lift(op.dilation, 1);
  const [pD, pH, pW] = lift(
    op.padding.map(([before]) => before),
    0,
  );
  const { inChannels: C, outChannels: F } = op;
  const cg = C / op.groups;
  const fg = F / op.groups;
  const y = new Float64Array(n * oD * oH * oW * F);
  for (let b = 0, o = 0; b < n; b++)
    for (let od = 0; od < oD; od++)
      for (let oh = 0; oh < oH; oh++)
        for (let ow = 0; ow < oW; ow++)
          for (let f = 0; f < F; f++, o++)
            for (let jd = 0; jd < kD; jd++)
              for (let jh = 0; jh < kH; jh++)
                for (let jw = 0; jw < kW; jw++) {
                  const id = od * sD + jd * dD - pD;
                  const ih = oh * sH + jh * dH - pH;
                  const iw = ow * sW + jw * dW - pW;
                  if (id < 0 || id >= iD || ih < 0 || ih >= iH || iw < 0 || iw >= iW) continue;
                  const from = (((b * iD + id) * iH + ih) * iW + iw) * C + Math.floor(f / fg) * cg;
                  const tap = ((jd * kH + jh) * kW + jw) * cg;
                  for (let c = 0; c < cg; c++) {
                    y[o] = at(y, o) + at(x.values, from + c) * at(kernel.values, (tap + c) * F + f);
                  }
                }
  return y;
}

/** Sums of `conv_transpose` in scatter form, `[n, ...outputSize, outChannels]`. */
export function convTranspose(op: ConvTransposeOp, x: Operand, kernel: Operand, outShape: Shape): Float64Array {
  const [n, iD, iH, iW] = spatial(x.shape);
  const [, oD, oH, oW] = spatial(outShape);
  const [kD, kH, kW] = lift(op.kernelSize, 1);
  const [sD, sH, sW] = lift(op.strides, 1);
  const [dD, dH, dW] = lift(op.dilation, 1);
  const [pD, pH, pW] = lift(op.crop, 0);
  const { inChannels: C, outChannels: F } = op;
  const cg = C / op.groups;
  const fg = F / op.groups;
  const y = new Float64Array(n * oD * oH * oW * F);
  for (let b = 0; b < n; b++)
    for (let id = 0; id < iD; id++)
      for (let ih = 0; ih < iH; ih++)
        for (let iw = 0; iw < iW; iw++)
          for (let jd = 0; jd < kD; jd++)
            for (let jh = 0; jh < kH; jh++)
              for (let jw = 0; jw < kW; jw++) {
                const od = id * sD + jd * dD - pD;
                const oh = ih * sH + jh * dH - pH;
                const ow = iw * sW + jw * dW - pW;
                if (od < 0 || od >= oD || oh < 0 || oh >= oH || ow < 0 || ow >= oW) continue;
                const from = (((b * iD + id) * iH + ih) * iW + iw) * C;
                const to = (((b * oD + od) * oH + oh) * oW + ow) * F;
                const tap = ((jd * kH + jh) * kW + jw) * fg;
                for (let c = 0; c < C; c++) {
                  const group = Math.floor(c / cg);
                  for (let f = 0; f < fg; f++) {
                    const o = to + group * fg + f;
                    y[o] = at(y, o) + at(x.values, from + c) * at(kernel.values, (tap + f) * C + c);
                  }
                }
              }
  return y;
}

/** `conv_filter_grad`: `[...kernelSize, inChannels / groups, outChannels]`. */
export function convFilterGrad(op: ConvFilterGradOp, x: Operand, dy: Operand): Float64Array {
  const [n, iD, iH, iW] = spatial(x.shape);
  const [, oD, oH, oW] = spatial(dy.shape);
  const [kD, kH, kW] = lift(op.kernelSize, 1);
  const [sD, sH, sW] = lift(op.strides, 1);
  const [dD, dH, dW] = lift(op.dilation, 1);
  const [pD, pH, pW] = lift(op.padBefore, 0);
  const { inChannels: C, outChannels: F } = op;
  const cg = C / op.groups;
  const fg = F / op.groups;
  const dw = new Float64Array(kD * kH * kW * cg * F);
  for (let b = 0; b < n; b++)
    for (let od = 0; od < oD; od++)
      for (let oh = 0; oh < oH; oh++)
        for (let ow = 0; ow < oW; ow++)
          for (let jd = 0; jd < kD; jd++)
            for (let jh = 0; jh < kH; jh++)
              for (let jw = 0; jw < kW; jw++) {
                const id = od * sD + jd * dD - pD;
                const ih = oh * sH + jh * dH - pH;
                const iw = ow * sW + jw * dW - pW;
                if (id < 0 || id >= iD || ih < 0 || ih >= iH || iw < 0 || iw >= iW) continue;
                const pixel = (((b * iD + id) * iH + ih) * iW + iw) * C;
                const out = (((b * oD + od) * oH + oh) * oW + ow) * F;
                const tap = ((jd * kH + jh) * kW + jw) * cg;
                for (let c = 0; c < cg; c++) {
                  for (let f = 0; f < F; f++) {
                    const o = (tap + c) * F + f;
                    const from = pixel + Math.floor(f / fg) * cg + c;
                    dw[o] = at(dw, o) + at(x.values, from) * at(dy.values, out + f);
                  }
                }
              }
  return dw;
}

type Three = [number, number, number];

function lift(perAxis: readonly number[], fill: number): Three {
  const [a, b, c] = [...Array.from({ length: 3 - perAxis.length }, () => fill), ...perAxis];
  return [a ?? fill, b ?? fill, c ?? fill];
}

/** Batch and the three spatial lengths of `[n, ...space, channels]`. */
function spatial(shape: Shape): [number, ...Three] {
  return [at(shape, 0), ...lift(shape.slice(1, -1), 1)];
}
