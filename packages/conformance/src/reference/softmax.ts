/** Softmax and Keras's sparsemax with its gradient, row by row over the last axis. */
import { largest } from "./largest.ts";
import { at, type Operand } from "./operand.ts";

/** `softmax`, shifted by the row's maximum. */
export function softmax(x: Operand, log: boolean): Float64Array {
  return byRow([x], ([row = []]) => {
    const top = largest(row);
    const sum = row.reduce((total, v) => total + Math.exp(v - top), 0);
    return row.map((v) => (log ? v - top - Math.log(sum) : Math.exp(v - top) / sum));
  });
}

/** `sparsemax`: y = max(x − τ, 0). */
export function sparsemax(x: Operand): Float64Array {
  return byRow([x], ([row = []]) => {
    const { tau } = support(row);
    return row.map((v) => Math.max(v - tau, 0));
  });
}

/** `sparsemax_grad`: dx_i = m_i·dy_i − (M/k)·#{r in support, r ≥ rank(i)}. */
export function sparsemaxGrad(x: Operand, dy: Operand): Float64Array {
  return byRow([x, dy], ([row = [], upstream = []]) => {
    const { tau, inSupport, rank } = support(row);
    const k = inSupport.filter(Boolean).length;
    const member = (shifted: number) => (shifted > 0 ? 1 : shifted === 0 ? 0.5 : 0);
    const passed = row.map((v, i) => member(v - tau) * at(upstream, i));
    const total = passed.reduce((sum, v) => sum + v, 0);
    const share = k > 0 ? total / k : 0; // no support: τ is −inf and does not depend on x
    return passed.map((v, i) => v - share * inSupport.filter((yes, r) => yes && r >= at(rank, i)).length);
  });
}

/** Keras's rule: z sorted descending, s = cumsum(z), support_r = z_r − (s_r − 1)/r > 0, τ = (Σ_{support} s_r − 1)/k. */
function support(row: readonly number[]): { tau: number; inSupport: boolean[]; rank: number[] } {
  const order = row.map((_, i) => i).sort((i, j) => descending(at(row, i), at(row, j)) || i - j);
  const rank = row.map((_, i) => order.indexOf(i));
  let cumulative = 0;
  let sum = 0;
  const inSupport = order.map((i, r) => {
    cumulative += at(row, i);
    const yes = at(row, i) - (cumulative - 1) / (r + 1) > 0;
    if (yes) sum += cumulative;
    return yes;
  });
  return { tau: (sum - 1) / inSupport.filter(Boolean).length, inSupport, rank };
}

/** A comparison for descending order, NaN last. */
function descending(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(a)) - Number(Number.isNaN(b)) : b === a ? 0 : b - a;
}

function byRow(operands: readonly Operand[], fn: (rows: number[][]) => number[]): Float64Array {
  const [x] = operands;
  if (x === undefined) throw new RangeError("A row function needs an operand.");
  const length = at(x.shape, x.shape.length - 1);
  const y = new Float64Array(x.values.length);
  for (let start = 0; start < y.length; start += length) {
    y.set(fn(operands.map(({ values }) => Array.from(values.subarray(start, start + length)))), start);
  }
  return y;
}
