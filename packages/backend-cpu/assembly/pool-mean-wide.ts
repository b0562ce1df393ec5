/**
 * Mean of wide windows, y[o, c] = 1/count · Σ_p x[p, c]: float lanes add at most 16 terms, then go to doubles, so that the
 * error stays near one rounding whatever the window. Tile: 4 channels. The block is that of `pool.ts`.
 */
import {
  BATCH, CHANNELS, COUNT, OUT_D, OUT_H, OUT_W, STRIDE_D, STRIDE_H, STRIDE_W, TABLE_D, TABLE_H, TABLE_W, WINDOW_SIZE,
  X_BATCH,
} from "./pool";
import { storeUpTo } from "./vector";

/** Terms that float lanes add. */
const RUN = 16;

/** Up to 4 channels of a window of d × h × w positions. */
function window(block: usize, x: usize, y: usize, d: i32, h: i32, w: i32, n: i32): void {
  const sw = load<usize>(block, STRIDE_W);
  let low = f64x2.splat(0);
  let top = low;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < h; j++) {
      let p = x + <usize>i * load<usize>(block, STRIDE_D) + <usize>j * load<usize>(block, STRIDE_H);
      for (let left = w; left > 0; left -= RUN) {
        let part = f32x4.splat(0);
        for (let k = min(left, RUN); k > 0; k--) {
          part = f32x4.add(part, v128.load(p));
          p += sw;
        }
        low = f64x2.add(low, f64x2.promote_low_f32x4(part));
        top = f64x2.add(top, f64x2.promote_low_f32x4(v128.shuffle<f32>(part, part, 2, 3, 2, 3)));
      }
    }
  }
  const scale = f64x2.splat(1.0 / (<f64>d * <f64>h * <f64>w));
  const a = f32x4.demote_f64x2_zero(f64x2.mul(low, scale));
  const b = f32x4.demote_f64x2_zero(f64x2.mul(top, scale));
  storeUpTo(y, v128.shuffle<f32>(a, b, 0, 1, 4, 5), n);
}

export function poolMeanWide(block: usize): void {
  const channels = load<i32>(block, CHANNELS);
  let y = load<usize>(block);
  for (let n = 0, batch = load<i32>(block, BATCH); n < batch; n++) {
    const image = load<usize>(block, 12) + <usize>n * load<usize>(block, X_BATCH);
    let wd = load<usize>(block, TABLE_D);
    for (let d = load<i32>(block, OUT_D); d > 0; d--) {
      let wh = load<usize>(block, TABLE_H);
      for (let h = load<i32>(block, OUT_H); h > 0; h--) {
        let ww = load<usize>(block, TABLE_W);
        for (let w = load<i32>(block, OUT_W); w > 0; w--) {
          const x = image + load<usize>(wd) + load<usize>(wh) + load<usize>(ww);
          for (let c = 0; c < channels; c += 4) {
            const left = channels - c;
            const from = x + (<usize>c << 2);
            window(block, from, y, load<i32>(wd, COUNT), load<i32>(wh, COUNT), load<i32>(ww, COUNT), left);
            y += <usize>min(left, 4) << 2;
          }
          ww += WINDOW_SIZE;
        }
        wh += WINDOW_SIZE;
      }
      wd += WINDOW_SIZE;
    }
  }
}
