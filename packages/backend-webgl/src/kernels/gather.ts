/**
 * Rows of a table by number, and the gradient: each row the sum of the `dy` that name it.
 *
 * A GPU has no scatter, and to scan all indices for every texel of the gradient would read them `rows · d/4` times. So
 * positions that name one row are linked first (a scan for each position and each row, not for each of their texels), then
 * each texel of the gradient walks its own chain:
 *
 *     rows   [e]         the row that position e names, −1 for none; four a texel, −1 past the last
 *     links  [e ‖ rows]  the next position that names the same row, then each row's first one; −1 at the end
 */
import { type Shape, sizeOf } from "@keras-ts/core";
import { blocks, channels, texels } from "../gl/layout.ts";
import { mathSource } from "../glsl/math.ts";
import { input, type Kernel, narrow, scratch, step } from "./step.ts";

// The row of flat position e; −1 where it is NaN or outside the table.
const ROW_OF = `
int rowOf(int e) {
  int p = e / IC, c = e % IC;
  float v = lane(x0(p * IB + (c >> 2)), c & 3);
  if (isNaN(v) || v <= -float(ROWS) - 1.0 || v >= float(ROWS)) return -1;
  int row = int(v);
  return row < 0 ? row + ROWS : row;
}`;

const functions = () => `${mathSource("basic")}${ROW_OF}`;

const indexInts = (indices: Shape, rows: number) => ({ IC: channels(indices), IB: blocks(indices), ROWS: rows });

export const buildGatherRows: Kernel["build"] = (_op, [indices = [], rows = []], output) => [
  step({
    key: "gather-rows",
    reads: [input(0), input(1)],
    ints: { ...indexInts(indices, rows[0] ?? 0), CB: blocks(output), C: channels(output) },
    texels: texels(output),
    functions,
    body: () => `
int row = rowOf(t / CB);
return row < 0 ? firstLanes(vec4(NAN), C - 4 * (t % CB)) : x1(row * CB + t % CB);`,
  }),
];

export const buildGatherRowsGrad: Kernel["build"] = (anyOp, [indices = []], output) => {
  const { rows } = narrow(anyOp, "gather_grad");
  const positions = Math.ceil(sizeOf(indices) / 4);
  return [
    step({
      key: "gather-rows-grad:rows",
      reads: [input(0)],
      ints: { ...indexInts(indices, rows), E: sizeOf(indices) },
      texels: positions,
      into: 0,
      functions,
      body: () => `
vec4 v = vec4(-1.0);
for (int i = 0; i < min(4, E - 4 * t); i++) v[i] = float(rowOf(4 * t + i));
return v;`,
    }),
    step({
      key: "gather-rows-grad:links",
      reads: [scratch(0)],
      ints: { EB: positions },
      texels: positions + Math.ceil(rows / 4),
      into: 1,
      body: () => LINKS,
    }),
    step({
      key: "gather-rows-grad:sum",
      reads: [input(1), scratch(1)],
      ints: { CB: blocks(output), EB: positions },
      texels: texels(output),
      functions: () => "int link(int q) { return int(lane(x1(q >> 2), q & 3)); }",
      body: () => `
int block = t % CB;
vec4 sum = vec4(0.0);
for (int e = link(4 * EB + t / CB); e >= 0;) {
  vec4 part = vec4(0.0);
  for (int k = 0; k < 32 && e >= 0; k++) { part += x0(e * CB + block); e = link(e); }
  sum += part;
}
return sum;`,
    }),
  ];
};

// Four searches at once. Positions are whole numbers in floats: exact below 2²⁴, which is more texels than such scans end for.
const LINKS = `
bool isPosition = t < EB;
vec4 own = vec4(4 * (isPosition ? t : t - EB)) + vec4(0.0, 1.0, 2.0, 3.0);
vec4 wanted = isPosition ? x0(t) : own;
vec4 after = isPosition ? own : vec4(-1.0);
vec4 found = vec4(-1.0);
for (int k = isPosition ? t : 0; k < EB && any(lessThan(found, vec4(0.0))); k++) {
  vec4 named = x0(k);
  for (int i = 0; i < 4; i++) {
    float e = float(4 * k + i);
    vec4 hit = vec4(equal(wanted, vec4(named[i]))) * vec4(lessThan(found, vec4(0.0))) * vec4(lessThan(after, vec4(e)));
    found += hit * (vec4(e) - found);
  }
}
return found;`;
