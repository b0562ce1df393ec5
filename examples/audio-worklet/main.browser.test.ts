import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { expect, test } from "vitest";
import { echoNode } from "./main.ts";
import { echoes, FRAMES } from "./model.ts";

test("streams the model in the audio thread: what comes out is what the whole signal gives", async () => {
  const frames = 64 * FRAMES;
  const context = new OfflineAudioContext(1, frames, 48_000);
  const { node, status } = await echoNode(context);
  expect(status).toMatch(/^streaming on WebAssembly .*SIMD, 1 thread, 4258 frames of memory$/);
  const signal = Float32Array.from({ length: frames }, (_, i) => 0.5 * Math.sin(i / 20) + 0.2 * Math.sin(i * i));
  const source = new AudioBufferSourceNode(context, {
    buffer: new AudioBuffer({ length: frames, sampleRate: 48_000 }),
  });
  source.buffer?.copyToChannel(signal, 0);
  source.connect(node).connect(context.destination);
  source.start();
  const rendered = (await context.startRendering()).getChannelData(0);

  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
  const plan = await keras.plan(echoes(), { inputShapes: [[1, frames, 1]] });
  const [whole = new Float32Array(0)] = await plan.run([signal]);
  plan.dispose();
  expect(rendered).toHaveLength(frames);
  let most = 0;
  for (const [i, value] of whole.entries()) most = Math.max(most, Math.abs(value - (rendered[i] ?? 0)));
  expect(most).toBeLessThan(1e-6);
  expect(Math.max(...whole)).toBeGreaterThan(0.3);
});
