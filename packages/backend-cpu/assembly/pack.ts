/** Weights into the layouts the convolutions read. */

/**
 * B panels: for every group, for every 8 output channels, [taps·inputs][8], zero-padded.
 * Block: 0 from, 4 to, 8 taps, 12 inputs and 16 outputs a group, 20 groups, then the strides of from in elements:
 * 24 tap, 28 input, 32 output, 36 group.
 */
export function packPanels(block: usize): void {
  const taps = load<i32>(block, 8);
  const inputs = load<i32>(block, 12);
  const outputs = load<i32>(block, 16);
  const groups = load<i32>(block, 20);
  const perOutput = load<usize>(block, 32) << 2;
  let to = load<usize>(block, 4);
  for (let g = 0; g < groups; g++) {
    for (let f = 0; f < outputs; f += 8) {
      const columns = min(8, outputs - f);
      const panel = load<usize>(block) + ((<usize>g * load<usize>(block, 36)) << 2) + <usize>f * perOutput;
      for (let t = 0; t < taps; t++) {
        let from = panel + ((<usize>t * load<usize>(block, 24)) << 2);
        for (let c = 0; c < inputs; c++) {
          packRow(from, perOutput, to, columns);
          from += load<usize>(block, 28) << 2;
          to += 32;
        }
      }
    }
  }
}

@inline
function packRow(from: usize, stride: usize, to: usize, columns: i32): void {
  if (columns == 8 && stride == 4) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    return;
  }
  for (let i = 0; i < 8; i++) {
    store<f32>(to, i < columns ? load<f32>(from) : 0);
    from += stride;
    to += 4;
  }
}

/** `to` dense [n0, n1, n2] from element strides. */
export function packStrided(from: usize, to: usize, n0: i32, n1: i32, n2: i32, s0: usize, s1: usize, s2: usize): void {
  for (let i = 0; i < n0; i++) {
    for (let j = 0; j < n1; j++) {
      let at = from + ((<usize>i * s0 + <usize>j * s1) << 2);
      for (let k = 0; k < n2; k++) {
        store<f32>(to, load<f32>(at));
        at += s2 << 2;
        to += 4;
      }
    }
  }
}
