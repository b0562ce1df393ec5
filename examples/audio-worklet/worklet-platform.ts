// What tfjs asks of where it runs, which it finds by itself in pages, workers and Node only. Imported after `worklet-globals.ts`.
import * as tf from "@tensorflow/tfjs-core";

tf.env().setPlatform("audio-worklet", {
  isTypedArray: (x): x is Float32Array | Int32Array | Uint8Array | Uint8ClampedArray =>
    x instanceof Float32Array || x instanceof Int32Array || x instanceof Uint8Array || x instanceof Uint8ClampedArray,
  now: () => Date.now(),
  fetch: () => Promise.reject(new Error("An audio thread fetches nothing.")),
  encode: () => {
    throw new Error("An audio thread has no TextEncoder.");
  },
  decode: () => {
    throw new Error("An audio thread has no TextDecoder.");
  },
});
