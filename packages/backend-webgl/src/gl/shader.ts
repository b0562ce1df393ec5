/**
 * Writes fragment shaders (GLSL ES 3.00). A kernel gives the body of `vec4 texel(int t)`, which computes texel `t` of the
 * output; inputs are read by `x0(t)`, `x1(t)` …; shape-dependent integers are uniforms under the names the kernel gives.
 */

/** A program before it is compiled. `key` names it in the program cache; `parts` is called only on a cache miss. */
export interface ProgramSpec {
  readonly key: string;
  readonly parts: () => ShaderParts;
}

export interface ShaderParts {
  /** How many textures are read. */
  readonly inputs: number;
  /** Names of the integer uniforms, in the order of `Step.ints`. `TEXELS` is added by the assembler. */
  readonly ints: readonly string[];
  /** Global functions. */
  readonly functions?: string;
  /** Statements of `vec4 texel(int t)`, with a `return`. */
  readonly body: string;
}

/** One triangle that covers the viewport, without vertex buffers. */
export const VERTEX_SOURCE = `#version 300 es
void main() {
  gl_Position = vec4(float((gl_VertexID & 1) * 4 - 1), float((gl_VertexID >> 1) * 4 - 1), 0.0, 1.0);
}`;

/** The whole fragment shader. */
export function fragmentSource({ inputs, ints, functions = "", body }: ShaderParts): string {
  const names = ["TEXELS", ...ints];
  return `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
${range(inputs, (i) => `uniform sampler2D u_x${i};`)}
uniform ivec4 u_geometry[${geometryLength(inputs)}];
uniform ivec4 u_i[${Math.ceil(names.length / 4)}];
uniform vec4 u_f;
out vec4 result;
${names.map((name, i) => `#define ${name} u_i[${i >> 2}].${"xyzw"[i & 3]}`).join("\n")}
${range(inputs, (i) => {
  const [shift, mask] = geometryNames(i + 1);
  return `vec4 x${i}(int t) { return texelFetch(u_x${i}, ivec2(t & ${mask}, t >> ${shift}), 0); }`;
})}
float lane(vec4 v, int i) { return i < 2 ? (i == 0 ? v.x : v.y) : (i == 2 ? v.z : v.w); }
// The first n lanes of v, zeros after.
vec4 firstLanes(vec4 v, int n) {
  return n > 3 ? v : vec4(n > 0 ? v.x : 0.0, n > 1 ? v.y : 0.0, n > 2 ? v.z : 0.0, 0.0);
}
${functions}
vec4 texel(int t) {
${body}
}
void main() {
  int t = (int(gl_FragCoord.y) << ${geometryNames(0)[0]}) + int(gl_FragCoord.x);
  result = t < TEXELS ? texel(t) : vec4(0.0);
}`;
}

/** Length of `u_geometry`: (shift, mask) of the output, then of each input, two pairs an ivec4. */
export function geometryLength(inputs: number): number {
  return Math.ceil((inputs + 1) / 2);
}

function geometryNames(i: number): [shift: string, mask: string] {
  const vector = `u_geometry[${i >> 1}]`;
  return i % 2 === 0 ? [`${vector}.x`, `${vector}.y`] : [`${vector}.z`, `${vector}.w`];
}

function range(n: number, line: (i: number) => string): string {
  return Array.from({ length: n }, (_, i) => line(i)).join("\n");
}
