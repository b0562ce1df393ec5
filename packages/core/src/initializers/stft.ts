/** `keras.initializers.STFT`, which is known by name and refused. */
import { UnsupportedError } from "../errors.ts";
import { formatValue } from "../format.ts";
import { Initializer } from "./initializer.ts";

/** Kernels of a short-time Fourier transform. Not offered: its windows are SciPy's. Use fixed weights instead. */
export class STFT extends Initializer {
  static readonly module: string = "keras.initializers";
  static override readonly className: string = "STFT";

  constructor(args: object = {}) {
    super();
    throw new UnsupportedError(
      `The initializer STFT is not supported: its window functions are SciPy's. Received: STFT(${formatValue(args)}). Load the kernel's values instead.`,
    );
  }
}
