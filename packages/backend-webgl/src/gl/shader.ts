/**
 * Writes fragment shaders (GLSL ES 3.00). A kernel gives statements that compute texel `t` of the output from inputs read by
 * `x0(t)`, `x1(t)` …; shape-dependent integers are globals under the names the kernel gives, filled from uniforms.
 *
 * Reads go through `texture` on NEAREST textures with coordinates computed in floats: exact for texel numbers below 2²³ and
 * twice as fast as `texelFetch` where WebGL runs on the CPU (SwiftShader checks each fetch). Larger textures use the second,
 * exact form of the same program, with integers throughout.
 */

/** A program before it is compiled. `key` names it in the program cache; `parts` is called only on a cache miss. */
export interface ProgramSpec {
  readonly key: string;
  readonly parts: () => ShaderParts;
}

export interface ShaderParts {
  /** How many textures are read. */
  readonly inputs: number;
  /** Inputs that are layered textures, read by `x0(t, layer)`. */
  readonly layered?: readonly number[];
  /** Names of the integers, in the order of `Step.ints`. `TEXELS` is added by the assembler. */
  readonly ints: readonly string[];
  /** Global functions. */
  readonly functions?: string;
  /** 1: statements of `vec4 texel(int t)`, with a `return`. 4: statements that add to `y0` … `y3`, the layers of the output. */
  readonly outputs: 1 | 4;
  readonly body: string;
}

/** Texels up to which the float form of `x0(t)` is exact, with room to spare. */
export const FLOAT_INDEX_LIMIT = 2 ** 22;

/** One triangle that covers the viewport, without vertex buffers. */
export const VERTEX_SOURCE = `#version 300 es
void main() {
  gl_Position = vec4(float((gl_VertexID & 1) * 4 - 1), float((gl_VertexID >> 1) * 4 - 1), 0.0, 1.0);
}`;

/** The whole fragment shader. `exact`: the form for textures past `FLOAT_INDEX_LIMIT`. */
export function fragmentSource(parts: ShaderParts, exact: boolean): string {
  const { inputs, layered = [], ints, functions = "", outputs, body } = parts;
  const names = ["TEXELS", ...ints];
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const samplers = numbers(inputs).map(
    (i) => `uniform highp ${layered.includes(i) ? "sampler2DArray" : "sampler2D"} u_x${i};\nvec3 g${i};`,
  );
  const targets = numbers(outputs).map((i) => `layout(location = ${i}) out vec4 result${i};`);
  const many = outputs > 1;
  const texel = `vec4 texel(int t) {\n${body}\n}`;
  return `#version 300 es
precision highp float;
precision highp int;
${samplers.join("\n")}
uniform int u_shift;
uniform vec4 u_geometry[${Math.max(1, inputs)}];
uniform ivec4 u_i[${Math.ceil(names.length / 4)}];
uniform vec4 u_f;
${targets.join("\n")}
${names.map((name) => `int ${name};`).join("\n")}
${numbers(inputs)
  .map((i) => readFunction(i, layered.includes(i), exact))
  .join("\n")}
float lane(vec4 v, int i) { return i < 2 ? (i == 0 ? v.x : v.y) : (i == 2 ? v.z : v.w); }
// The first n lanes of v, zeros after.
vec4 firstLanes(vec4 v, int n) {
  return n > 3 ? v : vec4(n > 0 ? v.x : 0.0, n > 1 ? v.y : 0.0, n > 2 ? v.z : 0.0, 0.0);
}
${functions}
${many ? "" : texel}
void main() {
${names.map((name, i) => `  ${name} = u_i[${i >> 2}].${"xyzw"[i & 3]};`).join("\n")}
${numbers(inputs)
  .map((i) => `  g${i} = u_geometry[${i}].xyz;`)
  .join("\n")}
  int t = (int(gl_FragCoord.y) << u_shift) + int(gl_FragCoord.x);
${many ? layersSource(body) : "  result0 = t < TEXELS ? texel(t) : vec4(0.0);"}
}`;
}

function layersSource(body: string): string {
  return `vec4 y0 = vec4(0.0), y1 = vec4(0.0), y2 = vec4(0.0), y3 = vec4(0.0);
if (t < TEXELS) {
${body}
}
result0 = y0; result1 = y1; result2 = y2; result3 = y3;`;
}

/** `g` is (1/width, 1/height, ½/height); the exact form has (shift, mask, 0) as floats there. */
function readFunction(i: number, layered: boolean, exact: boolean): string {
  const parameters = layered ? "int t, int layer" : "int t";
  if (exact) {
    const at = `t & int(g${i}.y), t >> int(g${i}.x)`;
    return `vec4 x${i}(${parameters}) { return texelFetch(u_x${i}, ${layered ? `ivec3(${at}, layer)` : `ivec2(${at})`}, 0); }`;
  }
  const at = `s - row, row * g${i}.y + g${i}.z`;
  const coordinates = layered ? `vec3(${at}, float(layer))` : `vec2(${at})`;
  return `vec4 x${i}(${parameters}) { float s = (float(t) + 0.5) * g${i}.x; float row = floor(s); return texture(u_x${i}, ${coordinates}); }`;
}
