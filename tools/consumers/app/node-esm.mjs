// Node, ECMAScript modules, the packages one by one.
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { check } from "./check.mjs";
import fixture from "./fixture.mjs";

console.log(JSON.stringify(await check(keras, tf, [cpu()], fixture)));
