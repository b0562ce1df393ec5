/** `keras.initializers.STFT`: kernels that compute one side of a short-time Fourier transform. */
import { ValueError } from "../errors.ts";
import { formatShape, formatValue } from "../format.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import type { KerasConfig } from "../serialization/json.ts";
import { Initializer, sizeOf } from "./initializer.ts";
import { checkWindowName, windowValues } from "./windows.ts";

export interface STFTArgs {
  /** Which side of the output: `"real"` (default) or `"imag"`. */
  readonly side?: "real" | "imag";
  /** A window of SciPy's by name (default `"hann"`), its values, or null for none. */
  readonly window?: string | readonly number[] | null;
  /** `"density"` (default, L2), `"spectrum"` (L1), or null for no scaling of the window. */
  readonly scaling?: "density" | "spectrum" | null;
  /** Whether the window is periodic rather than symmetric. Default false. */
  readonly periodic?: boolean;
}

const { fround } = Math;

/** For kernels of shape `[frame, 1, fft / 2 + 1]`. Source: `keras.src.initializers.constant_initializers.STFT`. */
export class STFT extends Initializer {
  static readonly module: string = "keras.initializers";
  static override readonly className: string = "STFT";
  readonly side: "real" | "imag";
  readonly window: string | readonly number[] | null;
  readonly scaling: "density" | "spectrum" | null;
  readonly periodic: boolean;

  constructor(args: STFTArgs = {}) {
    super();
    checkArguments("STFT", args, ["side", "window", "scaling", "periodic"]);
    const { side = "real", window = "hann", scaling = "density", periodic = false } = args;
    if (side !== "real" && side !== "imag") {
      throw new ValueError(`side should be 'real' or 'imag'. Received: side=${formatValue(side)}`);
    }
    if (typeof window === "string") checkWindowName(window);
    if (scaling !== null && scaling !== "density" && scaling !== "spectrum") {
      throw new ValueError(
        `Scaling is invalid, it must be None, 'density' or 'spectrum'. Received: scaling=${formatValue(scaling)}`,
      );
    }
    this.side = side;
    this.window = window;
    this.scaling = scaling;
    this.periodic = periodic;
  }

  override values(shape: readonly number[]): Float32Array {
    const [frame = 0, channels = 1, bins = 0] = shape;
    if (shape.length !== 3 || channels !== 1) {
      throw new ValueError(
        `STFT makes kernels of shape (frame, 1, fft // 2 + 1). Received: shape=${formatShape(shape)}`,
      );
    }
    const window = this.#scaledWindow(frame);
    const values = new Float32Array(sizeOf(shape));
    const wave = this.side === "real" ? Math.cos : Math.sin;
    // Rounded where Keras rounds: the angle reaches hundreds, and its last bits are visible in the kernel.
    for (let t = 0; t < frame; t++) {
      for (let f = 0; f < bins; f++) {
        const angle = fround(fround(-2 * t * fround(f / ((bins - 1) * 2))) * fround(Math.PI));
        const value = fround(fround(fround(wave(angle)) * (window?.values[t] ?? 1)) / (window?.scale ?? 1));
        values[t * bins + f] = value;
      }
    }
    return values;
  }

  override getConfig(): KerasConfig {
    const window = this.window === null || typeof this.window === "string" ? this.window : [...this.window];
    return { side: this.side, window, periodic: this.periodic, scaling: this.scaling };
  }

  #scaledWindow(frame: number): { values: Float32Array; scale: number } | null {
    if (this.window === null) return null;
    const values = Float32Array.from(
      typeof this.window === "string" ? windowValues(this.window, frame, this.periodic) : this.window,
    );
    if (values.length !== frame) {
      throw new ValueError(
        `The length of \`window\` must be the frame length ${frame}. Received: window length=${values.length}`,
      );
    }
    if (this.scaling === "density")
      return { values, scale: fround(Math.sqrt(values.reduce((sum, v) => sum + v * v, 0))) };
    if (this.scaling === "spectrum") return { values, scale: fround(values.reduce((sum, v) => sum + Math.abs(v), 0)) };
    return { values, scale: 1 };
  }
}
