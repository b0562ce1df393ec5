// Node, CommonJS: require() of the same ECMAScript modules.
const { cpu } = require("@keras-ts/backend-cpu");
const keras = require("@keras-ts/core");
const tf = require("@tensorflow/tfjs-core");
const { check } = require("./check.mjs");
const { default: fixture } = require("./fixture.mjs");

check(keras, tf, [cpu()], fixture).then(
  (differences) => console.log(JSON.stringify(differences)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
