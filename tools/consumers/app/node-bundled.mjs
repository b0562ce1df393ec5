// Node, a whole program in one file: its own tensors meet layers, so that one copy of tfjs must have gone into the bundle.
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { check } from "./check.mjs";
import fixture from "./fixture.mjs";

check(keras, tf, [cpu()], fixture).then(
  (differences) => console.log(JSON.stringify(differences)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
