// Node, the one-install package.
import * as tf from "@tensorflow/tfjs-core";
import * as keras from "keras-ts";
import { check } from "./check.mjs";
import fixture from "./fixture.mjs";

console.log(JSON.stringify(await check(keras, tf, [keras.cpu()], fixture)));
