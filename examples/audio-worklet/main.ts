// A page whose audio goes through a causal model in the audio thread, 128 frames at a time. Run: npx vite
/// <reference types="vite/client" />
import { compileCpuKernels } from "@keras-ts/backend-cpu";
import processorUrl from "./processor.ts?worker&url";

/** A node that streams the model, once it has started, and what it says of itself. */
export async function echoNode(context: BaseAudioContext): Promise<{ node: AudioWorkletNode; status: string }> {
  await context.audioWorklet.addModule(processorUrl);
  const kernels = await compileCpuKernels(); // an audio thread has nothing to unpack them with
  const node = new AudioWorkletNode(context, "echoes", { processorOptions: { kernels } });
  const status = await new Promise<string>((resolve) => {
    node.port.onmessage = ({ data }) => resolve(data);
  });
  if (status.startsWith("failed")) throw new Error(status);
  return { node, status };
}

/** Plays short tones through the model. Called by a button: pages may not start sound by themselves. */
export async function play(page: Document): Promise<void> {
  const context = new AudioContext();
  const { node, status } = await echoNode(context);
  const line = page.querySelector("#status");
  if (line) line.textContent = status;
  const tone = new OscillatorNode(context, { frequency: 440 });
  const gain = new GainNode(context, { gain: 0 });
  for (let i = 0; i < 4; i++) {
    gain.gain.setValueAtTime(0.5, context.currentTime + i);
    gain.gain.setValueAtTime(0, context.currentTime + i + 0.05);
  }
  tone.connect(gain).connect(node).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 4);
}
