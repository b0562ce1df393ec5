/**
 * A depthwise convolution and the pointwise one behind it, in stripes: some rows of the first go to the workspace, where the second finds them
 * in the nearest caches, and the next stripe overwrites them. Each stripe is a call of either kernel with a parameter block of its own, or with
 * one that another stripe uses, too, moved along x and y.
 */
import { convDepthwise } from "./conv-depthwise";
import { convDepthwiseMultiplier } from "./conv-depthwise-multiplier";
import { convGemm } from "./conv-gemm";

// The block: byte offsets.
const STRIPE_COUNT: usize = 32;
const STRIPES: usize = 36;
/** Bytes from the weights of the first convolution to those of the second. */
const SECOND_WEIGHTS: usize = 40;
/** Whether the first has several outputs a channel. */
const HAS_MULTIPLIER: usize = 44;

// A stripe: the blocks of both kernels, then bytes to move x, what lies between (always backwards), and y.
const FIRST: usize = 0;
const SECOND: usize = 4;
const X_SHIFT: usize = 8;
const MIDDLE_SHIFT: usize = 12;
const Y_SHIFT: usize = 16;
const STRIPE_SIZE: usize = 20;

// Operands in any block.
const OUTPUT: usize = 0;
const WEIGHTS: usize = 4;
const WORKSPACE: usize = 8;
const INPUT: usize = 12;
const RESIDUAL: usize = 16;

export function separable(block: usize): void {
  const y = load<usize>(block, OUTPUT);
  const weights = load<usize>(block, WEIGHTS);
  const middle = load<usize>(block, WORKSPACE);
  const x = load<usize>(block, INPUT);
  const residual = load<usize>(block, RESIDUAL);
  let stripe = load<usize>(block, STRIPES);
  for (let i = load<i32>(block, STRIPE_COUNT); i > 0; i--) {
    const first = load<usize>(stripe, FIRST);
    store<usize>(first, middle + load<usize>(stripe, MIDDLE_SHIFT), OUTPUT);
    store<usize>(first, weights, WEIGHTS);
    store<usize>(first, x + load<usize>(stripe, X_SHIFT), INPUT);
    if (load<bool>(block, HAS_MULTIPLIER)) convDepthwiseMultiplier(first);
    else convDepthwise(first);
    const second = load<usize>(stripe, SECOND);
    const yShift = load<usize>(stripe, Y_SHIFT);
    store<usize>(second, y + yShift, OUTPUT);
    store<usize>(second, weights + load<usize>(block, SECOND_WEIGHTS), WEIGHTS);
    store<usize>(second, middle, INPUT);
    store<usize>(second, residual != 0 ? residual + yShift : 0, RESIDUAL);
    convGemm(second);
    stripe += STRIPE_SIZE;
  }
}
