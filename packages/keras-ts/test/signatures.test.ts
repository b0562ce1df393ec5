/** The constructors of all layers against those of Keras, as recorded in fixtures/signatures.json. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  argumentsOf,
  camelCase,
  classNamed,
  inputShapeOf,
  readSignatures,
  type Signature,
  type SignatureArgument,
} from "./keras-signatures.ts";

const signatures = readSignatures();
const classes = Object.entries(signatures.classes).map(([className, signature]) => ({ className, signature }));

/** Arguments of Keras's that are no arguments here: they are refused by name. */
const NOT_HERE: Readonly<Record<string, string>> = {
  "Bidirectional weights": "Keras keeps them and never uses them; setWeights does it.",
  "CenterCrop factor": "Keras refuses all but None.",
  "CenterCrop bounding_box_format": "There are no bounding boxes among the inputs here.",
  "Resizing factor": "Keras refuses all but None.",
  "Resizing bounding_box_format": "There are no bounding boxes among the inputs here.",
  "InputLayer input_tensor": "Keras wraps a symbol of its own; here symbols come from Input alone.",
  "InputLayer trainable": "Keras drops it.",
  "InputLayer activity_regularizer": "Keras drops it.",
};

/** Values that Keras takes and that are refused here by name, when a layer is made. */
const REFUSED_VALUES: Readonly<Record<string, string>> = {
  "InputLayer optional": "Inputs are never left out here.",
};

/** Arguments here that stand in no signature of Keras's. */
const ONLY_HERE: Readonly<Record<string, string>> = {
  inputShape: "Keras takes it from every layer, among the keyword arguments.",
  implementation: "Keras takes it from LSTM and GRU, among the keyword arguments.",
  rmsScaling: "Keras takes it from LayerNormalization, among the keyword arguments.",
  alpha: "Keras takes it from LeakyReLU, among the keyword arguments.",
};

/** Classes whose configs Keras makes of what the constructor was given. */
const RECORDED: readonly string[] = ["ELU", "Identity"];

const POLICIES = ["float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16"];

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

afterEach(() => {
  keras.clearSession();
  keras.config.setImageDataFormat("channels_last");
});

function made(className: string, given: keras.KerasConfig, name = "layer"): keras.Layer {
  return new (classNamed(className))({ name, ...argumentsOf(className, given) });
}

/** As text, so that the order of keys counts. */
function configText(layer: keras.Layer): string {
  return JSON.stringify(layer.getConfig(), null, 1);
}

it("covers every class that is exported, and Keras 3.15.1", () => {
  expect(signatures.keras).toBe("3.15.1");
  const known = new Set(classes.flatMap(({ className, signature }) => [className, ...signature.aliases]));
  const exported = Object.entries(keras).flatMap(([name, value]) =>
    typeof value === "function" && value.prototype instanceof keras.Layer ? [name] : [],
  );
  const containers = ["Model", "Sequential", "Wrapper"];
  expect(exported.filter((name) => !known.has(name) && !containers.includes(name))).toEqual([]);
});

describe.each(classes)("$className", ({ className, signature }) => {
  it("is made of the required arguments as in Keras", () => {
    const layer = made(className, signature.required);
    if (signature.config) expect(configText(layer)).toBe(JSON.stringify(signature.config, null, 1));
  });

  it("needs the required arguments", () => {
    for (const name of Object.keys(signature.required)) {
      const { [name]: _, ...others } = signature.required;
      expect(() => made(className, others), name).toThrow();
    }
  });

  it("takes each of Keras's arguments, with its default", () => {
    const plain = JSON.stringify(signature.config, null, 1);
    for (const argument of signature.arguments)
      if (!(argument.name in signature.required)) checkDefault(className, signature, argument, plain);
  });

  it("says in its config what it was given", () => {
    for (const argument of signature.arguments) checkGiven(className, argument);
  });

  it("refuses other arguments by name", () => {
    const theirs = [...Object.keys(signature.required), ...signature.arguments.map(({ name }) => name), "function"];
    const ours = classNamed(className).argumentNames ?? [];
    expect(ours.filter((name) => !theirs.map(camelCase).includes(name) && !(name in ONLY_HERE))).toEqual([]);
    const required = argumentsOf(className, signature.required);
    const snakeCase = theirs.filter((name) => name.includes("_") && !(name in required));
    for (const name of ["colour", "autocast", ...snakeCase])
      expect(() => new (classNamed(className))({ ...required, [name]: 1 }), name).toThrow(new RegExp(name));
  });

  it("is found under Keras's other names", () => {
    for (const alias of signature.aliases) {
      expect(classNamed(alias)).toBe(classNamed(className));
      if (!signature.config) continue;
      const json = { module: "keras.layers", class_name: alias, config: signature.config, registered_name: null };
      expect(keras.layers.deserialize(json).className).toBe(className);
    }
  });

  it("keeps a dtype that is not computed here, and refuses to compute it", () => {
    if (className === "InputLayer") return; // its dtype says what a caller's values are
    for (const policy of POLICIES) {
      const layer = made(className, { ...signature.required, dtype: policy });
      if (signature.config && !(className.startsWith("SpatialDropout") && policy.startsWith("mixed")))
        expect(configText(layer)).toContain(`"${policy}"`);
      expect(() => layer.apply(inputOf(className)), policy).toThrow(new RegExp(`'${layer.name}'.*${policy}`));
      expect(() => layer.apply(inputOf(className)), policy).toThrow(keras.UnsupportedError);
    }
  });

  it("follows the image data format where Keras does", () => {
    keras.config.setImageDataFormat("channels_first");
    const { data_format = null } = signature.config ? made(className, signature.required).getConfig() : {};
    expect(data_format).toBe(signature.channels_first);
  });
});

it("keras.Input and keras.Sequential take Keras's arguments", () => {
  const { input, sequential } = signatures;
  for (const [name, value] of Object.entries(input)) {
    if (name === "shape") continue;
    const make = () => keras.Input({ shape: [4], ...argumentsOf("Input", { [name]: value }) });
    if (name === "tensor") expect(make).toThrow(/tensor/);
    else expect(make().shape).toEqual([null, 4]);
  }
  for (const [name, value] of Object.entries(sequential))
    expect(new keras.Sequential(argumentsOf("Sequential", { [name]: value })).layers).toEqual([]);
  expect(() => new keras.Sequential(argumentsOf("Sequential", { colour: 1 }))).toThrow(/colour/);
  expect(() => keras.Input(argumentsOf("Input", { shape: [4], colour: 1 }))).toThrow(/colour/);
});

function inputOf(className: string): tf.Tensor {
  const shape = inputShapeOf(className);
  // `apply` takes a list as it takes one tensor.
  return (isList(shape) ? shape.map((each) => tf.zeros(each)) : tf.zeros(shape)) as tf.Tensor;
}

function isList(shape: ReturnType<typeof inputShapeOf>): shape is number[][] {
  return Array.isArray(shape[0]);
}

function checkDefault(className: string, signature: Signature, argument: SignatureArgument, plain: string): void {
  const { name } = argument;
  const make = () => made(className, { ...signature.required, [name]: argument.default });
  if (`${className} ${name}` in NOT_HERE) {
    expect(make, name).toThrow(new RegExp(camelCase(name)));
    return;
  }
  // Keras's records of "what was given" differ from what was not.
  const recorded = argument.default === null && RECORDED.includes(className);
  const layer = make();
  if (signature.config && name !== "name" && !recorded) expect(configText(layer), name).toBe(plain);
}

function checkGiven(className: string, { name, given, config, refused }: SignatureArgument): void {
  const key = `${className} ${name}`;
  if (key in NOT_HERE) return;
  const make = () => made(className, given);
  if (refused !== undefined || key in REFUSED_VALUES) expect(make, name).toThrow(name);
  else if (config) expect(configText(make()), name).toBe(JSON.stringify(config, null, 1));
  else expect(make().className).toBe(className);
}
