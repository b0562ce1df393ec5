/**
 * Draws between tfjs's texture layouts and ours. Let e be the row-major element index of the tensor.
 *
 *     unpacked  one element a texel (R): texel e + offset
 *     packed    2×2 elements of the last two axes a texel (RGBA): texel (batch, row/2, column/2), lane 2·(row%2) + column%2
 *
 * tfjs textures have any width, so these programs split texel indices with `W` themselves.
 */
import type { Shape } from "@keras-ts/core";
import { blocks, channels, texels } from "../gl/layout.ts";
import { input, type Step, step } from "./step.ts";

/** Where a tensor's values are in a tfjs texture. */
export interface TfjsLayout {
  readonly width: number;
  readonly packed: boolean;
  /** The shape the layout was made for; the tensor may be a reshape of it. */
  readonly shape: Shape;
  /** First element, for tfjs's shallow slices. */
  readonly offset: number;
}

/** tfjs texture → our layout of `shape`. */
export function importStep(shape: Shape, layout: TfjsLayout): Step {
  const ints = { OCB: blocks(shape), OC: channels(shape), W: layout.width };
  const head = `
int block = t % OCB;
int e = (t / OCB) * OC + 4 * block;
int n = min(4, OC - 4 * block);
vec4 v = vec4(0.0);`;
  const functions = () => "vec4 fetch(int i) { return texelFetch(u_x0, ivec2(i % W, i / W), 0); }";
  if (!layout.packed) {
    return step({
      key: "import:unpacked",
      reads: [input(0)],
      ints: { ...ints, OFFSET: layout.offset },
      texels: texels(shape),
      functions,
      body: () => `${head}
for (int i = 0; i < n; i++) v[i] = fetch(e + i + OFFSET).x;
return v;`,
    });
  }
  const sameRows = channels(layout.shape) === channels(shape);
  return step({
    key: `import:packed${sameRows ? "" : ":reshaped"}`,
    reads: [input(0)],
    ints: { ...ints, ...packedInts(layout.shape) },
    texels: texels(shape),
    functions: () => `${functions()}\n${PACKED_TEXEL}`,
    body: () =>
      sameRows
        ? `
int block = t % OCB;
int row = t / OCB;
int i = packedTexel(row, 4 * block);
int n = OC - 4 * block;
vec4 a = fetch(i);
vec4 b = n > 2 ? fetch(i + 1) : vec4(0.0);
bool odd = ((row % ROWS) & 1) == 1;
return firstLanes(odd ? vec4(a.zw, b.zw) : vec4(a.xy, b.xy), n);`
        : `${head}
for (int i = 0; i < n; i++) {
  int row = (e + i) / COLUMNS;
  int column = (e + i) % COLUMNS;
  v[i] = lane(fetch(packedTexel(row, column)), 2 * ((row % ROWS) & 1) + (column & 1));
}
return v;`,
  });
}

/** Our layout of `shape` → a tfjs texture of `width` × `height` texels. */
export function exportStep(shape: Shape, packed: boolean, width: number, height: number): Step {
  const common = { reads: [input(0)], texels: width * height };
  const ints = { W: width, CB: blocks(shape), C: channels(shape) };
  const index = "int i = int(gl_FragCoord.y) * W + int(gl_FragCoord.x);";
  if (!packed) {
    return step({
      ...common,
      key: "export:unpacked",
      ints: { ...ints, SIZE: shape.reduce((product, n) => product * n, 1) },
      body: () => `${index}
if (i >= SIZE) return vec4(0.0);
int c = i % C;
return vec4(lane(x0((i / C) * CB + (c >> 2)), c & 3));`,
    });
  }
  return step({
    ...common,
    key: "export:packed",
    ints: { ...ints, ...packedInts(shape), BATCH: batch(shape) },
    body: () => `${index}
int perRow = (COLUMNS + 1) >> 1;
int column = 2 * (i % perRow);
i /= perRow;
int pairs = (ROWS + 1) >> 1;
int row = 2 * (i % pairs);
int b = i / pairs;
if (b >= BATCH) return vec4(0.0);
int s = (b * ROWS + row) * CB + (column >> 2);
vec4 upper = x0(s);
vec4 lower = row + 1 < ROWS ? x0(s + CB) : vec4(0.0);
return (column & 2) == 0 ? vec4(upper.xy, lower.xy) : vec4(upper.zw, lower.zw);`,
  });
}

const PACKED_TEXEL = `
int packedTexel(int row, int column) {
  int b = row / ROWS;
  int pair = (row % ROWS) >> 1;
  return (b * ((ROWS + 1) >> 1) + pair) * ((COLUMNS + 1) >> 1) + (column >> 1);
}`;

function packedInts(shape: Shape): { ROWS: number; COLUMNS: number } {
  return { ROWS: shape.at(-2) ?? 1, COLUMNS: shape.at(-1) ?? 1 };
}

function batch(shape: Shape): number {
  return shape.slice(0, -2).reduce((product, n) => product * n, 1);
}
