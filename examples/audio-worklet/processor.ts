// The audio thread's side: a stream of the model, run once for each 128 frames. Until it has started, the signal passes as it is.
import "./worklet-globals.ts";
import "./worklet-platform.ts";
import { type CpuKernels, cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { echoes, FRAMES } from "./model.ts";

// What an AudioWorkletGlobalScope has; TypeScript's library does not know it.
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new (options: AudioWorkletNodeOptions) => object): void;

class Echoes extends AudioWorkletProcessor {
  #stream: keras.Stream | null = null;
  readonly #inputs = [new Float32Array(FRAMES)];
  readonly #outputs = [new Float32Array(FRAMES)];

  constructor({ processorOptions }: AudioWorkletNodeOptions) {
    super();
    this.#start(processorOptions.kernels).then(
      (status) => this.port.postMessage(status),
      (error: unknown) => this.port.postMessage(`failed: ${String(error)}`),
    );
  }

  async #start(kernels: CpuKernels): Promise<string> {
    keras.registerBackend(cpu({ kernels }));
    await keras.setBackend("cpu");
    const plan = await keras.plan(echoes(), { inputShapes: [[1, FRAMES, 1]] });
    const stream = plan.stream();
    stream.runSync(this.#inputs, this.#outputs); // its memory is taken now, not in the first callback
    stream.reset();
    this.#stream = stream;
    return `streaming on ${keras.backendStatus()[0]?.detail}, ${stream.receptiveField} frames of memory`;
  }

  process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
    const [from, to] = [input?.[0], output?.[0]];
    if (!to) return true;
    if (!this.#stream) {
      if (from) to.set(from);
      return true;
    }
    const [signal, result] = [this.#inputs[0], this.#outputs[0]];
    if (from) signal?.set(from);
    else signal?.fill(0); // nothing is connected now
    this.#stream.runSync(this.#inputs, this.#outputs); // allocates nothing
    if (result) to.set(result);
    return true;
  }
}

registerProcessor("echoes", Echoes);
