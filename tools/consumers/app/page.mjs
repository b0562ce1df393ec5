// A page, bundled: both backends. What it found is left where the test looks for it.
import { cpu } from "@keras-ts/backend-cpu";
import { webgl } from "@keras-ts/backend-webgl";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { check } from "./check.mjs";
import fixture from "./fixture.mjs";

check(keras, tf, [webgl(), cpu()], fixture).then(
  (differences) => Object.assign(globalThis, { result: { differences } }),
  (error) => Object.assign(globalThis, { result: { error: String(error?.stack ?? error) } }),
);
