/**
 * Compiles, caches and draws programs on a WebGL2 context shared with tfjs. tfjs sets program, vertex array, framebuffer,
 * viewport, scissor and texture units before each draw of its own, so a draw here leaves them as they fall; what tfjs
 * sets once and relies on (scissor test and back-face culling enabled, no pixel pack buffer bound) is never changed.
 */
import { FLOAT_INDEX_LIMIT, fragmentSource, type ProgramSpec, VERTEX_SOURCE } from "./shader.ts";
import { type Texture, TexturePool } from "./textures.ts";

/** Texel store to read: one of ours, or a tfjs texture (whose geometry the program knows by its own uniforms). */
export type Source = Texture | { readonly texture: WebGLTexture };

/** What a draw needs besides textures. Arrays are compared by identity: never change one after its first use. */
export interface DrawParameters {
  readonly program: ProgramSpec;
  /** `TEXELS`, then the program's integers, padded to a multiple of four. */
  readonly ints: Int32Array;
  readonly floats: Float32Array | null;
  readonly texels: number;
}

/** Where a draw ends: one of ours, or a framebuffer of another texture with its own width. */
export interface Target {
  readonly framebuffer: WebGLFramebuffer;
  readonly size: { readonly width: number; readonly shift: number };
}

interface Program {
  readonly program: WebGLProgram;
  readonly inputs: number;
  /** Width and height of the sources, as last set. */
  readonly geometry: Float32Array;
  readonly exact: boolean;
  shift: number;
  linked: boolean;
  shiftLocation: WebGLUniformLocation | null;
  geometryLocation: WebGLUniformLocation | null;
  intsLocation: WebGLUniformLocation | null;
  floatsLocation: WebGLUniformLocation | null;
  ints: Int32Array | null;
  floats: Float32Array | null;
}

export class Device {
  readonly gl: WebGL2RenderingContext;
  readonly textures: TexturePool;
  /** By key; a draw only looks up strings that its step holds already. `#exactPrograms` has the forms for large textures. */
  readonly #programs = new Map<string, Program>();
  readonly #exactPrograms = new Map<string, Program>();
  readonly #vertexArray: WebGLVertexArrayObject;
  readonly #vertexShader: WebGLShader;

  constructor(gl: WebGL2RenderingContext, poolBytes: number) {
    this.gl = gl;
    this.textures = new TexturePool(gl, poolBytes);
    this.#vertexArray = gl.createVertexArray();
    this.#vertexShader = this.#compile(gl.VERTEX_SHADER, VERTEX_SOURCE);
  }

  /** Starts compiling where the program is new; errors appear at its first draw. */
  warm(spec: ProgramSpec): void {
    this.#program(spec);
  }

  /** Draws `parameters.texels` texels into `target`. */
  draw(parameters: DrawParameters, sources: readonly Source[], target: Target): void {
    if (parameters.texels === 0) return;
    const gl = this.gl;
    const program = this.#program(parameters.program, sources.some(isLarge));
    gl.useProgram(program.program);
    if (!program.linked) this.#link(program, parameters.program.key);
    const { width, shift } = target.size;
    this.#setUniforms(program, parameters, sources, shift);
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i];
      if (!source) continue;
      gl.activeTexture(gl.TEXTURE0 + i);
      gl.bindTexture("size" in source && source.layers > 1 ? gl.TEXTURE_2D_ARRAY : gl.TEXTURE_2D, source.texture);
    }
    gl.bindVertexArray(this.#vertexArray);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
    const rows = Math.ceil(parameters.texels / width);
    const columns = Math.min(width, parameters.texels);
    gl.viewport(0, 0, width, rows);
    gl.scissor(0, 0, columns, rows);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  dispose(): void {
    for (const programs of [this.#programs, this.#exactPrograms]) {
      for (const { program } of programs.values()) this.gl.deleteProgram(program);
      programs.clear();
    }
    this.textures.dispose();
    this.gl.deleteVertexArray(this.#vertexArray);
    this.gl.deleteShader(this.#vertexShader);
  }

  #setUniforms(program: Program, parameters: DrawParameters, sources: readonly Source[], shift: number): void {
    const gl = this.gl;
    if (program.shift !== shift) {
      gl.uniform1i(program.shiftLocation, shift);
      program.shift = shift;
    }
    const geometry = program.geometry;
    let changed = false;
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i];
      if (!source || !("size" in source)) continue;
      const { width, height, shift: log } = source.size;
      const [x, y, z] = program.exact ? [log, width - 1, 0] : [1 / width, 1 / height, 0.5 / height];
      if (geometry[4 * i] === Math.fround(x) && geometry[4 * i + 1] === Math.fround(y)) continue;
      geometry[4 * i] = x;
      geometry[4 * i + 1] = y;
      geometry[4 * i + 2] = z;
      changed = true;
    }
    if (changed) gl.uniform4fv(program.geometryLocation, geometry);
    if (program.ints !== parameters.ints) {
      gl.uniform4iv(program.intsLocation, parameters.ints);
      program.ints = parameters.ints;
    }
    if (parameters.floats && program.floats !== parameters.floats) {
      gl.uniform4fv(program.floatsLocation, parameters.floats);
      program.floats = parameters.floats;
    }
  }

  #program(spec: ProgramSpec, exact = false): Program {
    const programs = exact ? this.#exactPrograms : this.#programs;
    const known = programs.get(spec.key);
    if (known) return known;
    const gl = this.gl;
    const parts = spec.parts();
    const program = gl.createProgram();
    const fragment = this.#compile(gl.FRAGMENT_SHADER, fragmentSource(parts, exact));
    gl.attachShader(program, this.#vertexShader);
    gl.attachShader(program, fragment);
    gl.linkProgram(program);
    gl.deleteShader(fragment);
    const made = {
      program,
      inputs: parts.inputs,
      geometry: new Float32Array(4 * Math.max(1, parts.inputs)).fill(-1),
      exact,
      shift: -1,
      linked: false,
      shiftLocation: null,
      geometryLocation: null,
      intsLocation: null,
      floatsLocation: null,
      ints: null,
      floats: null,
    };
    programs.set(spec.key, made);
    return made;
  }

  /** Asking for the link status waits for the compiler, so it is left to the first draw. Program is in use. */
  #link(program: Program, key: string): void {
    const gl = this.gl;
    if (!gl.getProgramParameter(program.program, gl.LINK_STATUS) && !gl.isContextLost()) {
      const [, fragment] = gl.getAttachedShaders(program.program) ?? [];
      const log = fragment ? gl.getShaderInfoLog(fragment) : "";
      throw new Error(`The WebGL driver refused the program "${key}": ${gl.getProgramInfoLog(program.program)} ${log}`);
    }
    for (let i = 0; i < program.inputs; i++) gl.uniform1i(gl.getUniformLocation(program.program, `u_x${i}`), i);
    program.shiftLocation = gl.getUniformLocation(program.program, "u_shift");
    program.geometryLocation = gl.getUniformLocation(program.program, "u_geometry");
    program.intsLocation = gl.getUniformLocation(program.program, "u_i");
    program.floatsLocation = gl.getUniformLocation(program.program, "u_f");
    program.linked = true;
  }

  #compile(type: number, source: string): WebGLShader {
    const gl = this.gl;
    const shader = gl.createShader(type);
    if (!shader) throw new Error("The WebGL context gives no shaders: it is lost.");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    return shader;
  }
}

function isLarge(source: Source): boolean {
  return "size" in source && source.size.width * source.size.height > FLOAT_INDEX_LIMIT;
}
