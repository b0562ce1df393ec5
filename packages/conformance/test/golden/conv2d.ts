/** Numbers that Keras 3.15.1 on JAX printed for Conv2D on inputs and kernels 0, 1, 2, … */
import type { Sums } from "./sums.ts";

/** x (2,10,10,3), kernel (2,2,3,2). */
export const conv2dSums: readonly (Sums & { strides: number[] })[] = [
  {
    mode: "valid",
    strides: [1, 1],
    shape: [2, 9, 9, 2],
    sum: 13763844,
    weighted: 2942918244,
    first: [3460, 3670, 3856, 4102],
    last: [84454, 77908, 84886],
  },
  {
    mode: "same",
    strides: [1, 1],
    shape: [2, 10, 10, 2],
    sum: 14889142,
    weighted: 3785511952,
    first: [3460, 3670, 3856, 4102],
    last: [21509, 3592, 5386],
  },
  {
    mode: "valid",
    strides: [2, 2],
    shape: [2, 5, 5, 2],
    sum: 4248100,
    weighted: 283260100,
    first: [3460, 3670, 4252, 4534],
    last: [84022, 77908, 84886],
  },
  {
    mode: "same",
    strides: [2, 2],
    shape: [2, 5, 5, 2],
    sum: 4248100,
    weighted: 283260100,
    first: [3460, 3670, 4252, 4534],
    last: [84022, 77908, 84886],
  },
  {
    mode: "valid",
    strides: [1, 2],
    shape: [2, 9, 5, 2],
    sum: 7646580,
    weighted: 910123380,
    first: [3460, 3670, 4252, 4534],
    last: [84022, 77908, 84886],
  },
  {
    mode: "same",
    strides: [1, 2],
    shape: [2, 10, 5, 2],
    sum: 7934050,
    weighted: 1013792040,
    first: [3460, 3670, 4252, 4534],
    last: [21293, 17930, 21509],
  },
];
