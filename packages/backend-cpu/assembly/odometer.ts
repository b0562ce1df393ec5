/**
 * Walks the outer axes of strided operands. Table, one entry of 24 bytes an axis, innermost first:
 * 0 size, 4 and 8 byte strides of two operands, 12 byte stride of a third, 16 counter, 20 unused.
 * Counters are zero before the first and after the last step.
 */

/** Byte offsets after `step`. */
export let offset0: usize = 0;
export let offset1: usize = 0;
export let offset2: usize = 0;

@inline
export function start(): void {
  offset0 = 0;
  offset1 = 0;
  offset2 = 0;
}

export function step(axes: usize, rank: i32): void {
  for (let i = 0; i < rank; i++) {
    const count = load<i32>(axes, 16) + 1;
    offset0 += load<usize>(axes, 4);
    offset1 += load<usize>(axes, 8);
    offset2 += load<usize>(axes, 12);
    const size = load<i32>(axes);
    if (count < size) {
      store<i32>(axes, count, 16);
      return;
    }
    store<i32>(axes, 0, 16);
    offset0 -= <usize>size * load<usize>(axes, 4);
    offset1 -= <usize>size * load<usize>(axes, 8);
    offset2 -= <usize>size * load<usize>(axes, 12);
    axes += 24;
  }
}
