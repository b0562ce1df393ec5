import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, it } from "vitest";
import { UnsupportedError, ValueError } from "../errors.ts";
import { GlorotUniform } from "../initializers/index.ts";
import { isTensor, type Tensor, tensor } from "../tf.ts";
import { argumentName, argumentsToConfig, checkArguments, configKey, configToArguments } from "./argument-names.ts";
import {
  customObjectScope,
  deserializeKerasObject,
  getRegisteredObject,
  registerKerasSerializable,
  serializeKerasObject,
} from "./index.ts";
import type { KerasConfig } from "./json.ts";
import { registerClass } from "./registry.ts";

class Box {
  static readonly className: string = "Box";
  built = false;
  readonly size: number;
  constructor(size: number) {
    if (size < 0) throw new ValueError(`size must not be negative. Received: size=${size}`);
    this.size = size;
  }
  getConfig(): KerasConfig {
    return { size: this.size };
  }
  getBuildConfig(): KerasConfig | null {
    return this.built ? { input_shape: [null, 3] } : null;
  }
  buildFromConfig(): void {
    this.built = true;
  }
  static fromConfig(config: KerasConfig): Box {
    return new Box(Number(config.size));
  }
}

describe("objects", () => {
  it("a class of Keras's own, by module and class name, with aliases", () => {
    class Known extends Box {
      static override readonly className = "Known";
      static override fromConfig(config: KerasConfig): Known {
        return new Known(Number(config.size));
      }
    }
    registerClass("keras.layers", Known, ["KnownAlias"]);
    const known = new Known(2);
    const json = { module: "keras.layers", class_name: "Known", config: { size: 2 }, registered_name: null };
    expect(JSON.stringify(serializeKerasObject(known))).toBe(JSON.stringify(json));
    known.built = true;
    expect(serializeKerasObject(known)).toEqual({ ...json, build_config: { input_shape: [null, 3] } });
    const read = deserializeKerasObject({
      ...json,
      class_name: "KnownAlias",
      build_config: { input_shape: [null, 3] },
    });
    expect(read).toBeInstanceOf(Known);
    expect(read).toMatchObject({ size: 2, built: true });
    expect(deserializeKerasObject({ ...json, registered_name: "Known" })).toBeInstanceOf(Known);
    expect(() => deserializeKerasObject({ ...json, registered_name: "X" })).toThrow(
      "`registered_name='X'` was provided in the config",
    );
    expect(() => deserializeKerasObject({ ...json, config: { size: -1 } })).toThrow(
      "Error when deserializing class 'Known' using config={'size': -1}.\n\nException encountered: size must not be negative.",
    );
    class Derived extends Known {}
    expect(serializeKerasObject(new Derived(1))).toEqual({
      module: null,
      class_name: "Derived",
      config: { size: 1 },
      registered_name: "Derived",
    });
  });

  it("a user's class, by registered name, scope or argument", () => {
    const json = serializeKerasObject(new Box(3));
    expect(json).toEqual({ module: null, class_name: "Box", config: { size: 3 }, registered_name: "Box" });
    expect(() => deserializeKerasObject(json)).toThrow("Could not locate class 'Box'");
    expect(deserializeKerasObject(json, { customObjects: { Box } })).toMatchObject({ size: 3 });
    expect(customObjectScope({ Box }, () => deserializeKerasObject([json]))).toMatchObject([{ size: 3 }]);
    registerKerasSerializable("mine")(Box);
    expect(getRegisteredObject("mine>Box")).toBe(Box);
    const registered = serializeKerasObject(new Box(3));
    expect(registered).toMatchObject({ class_name: "Box", registered_name: "mine>Box" });
    expect(deserializeKerasObject(registered)).toMatchObject({ size: 3 });
  });

  it("all families without being asked to load them", () => {
    const json = {
      module: "keras.initializers",
      class_name: "GlorotUniform",
      config: { seed: 1 },
      registered_name: null,
    };
    expect(deserializeKerasObject(json)).toBeInstanceOf(GlorotUniform);
    expect(
      typeof deserializeKerasObject({
        module: "builtins",
        class_name: "function",
        config: "relu",
        registered_name: "function",
      }),
    ).toBe("function");
  });
});

it("passes plain values, lists and records", () => {
  const plain = [1.5, "abc", null, true, { a: [2] }];
  expect(serializeKerasObject(plain)).toEqual(plain);
  expect(deserializeKerasObject(plain)).toEqual(plain);
});

it("writes and reads tensors", () => {
  const value = tensor(Float32Array.of(1, 2), [2, 1]);
  const json = serializeKerasObject({ value });
  expect(json).toEqual({ value: { class_name: "__tensor__", config: { value: [[1], [2]], dtype: "float32" } } });
  const { value: read } = deserializeKerasObject(json) as { value: Tensor };
  expect(isTensor(read)).toBe(true);
  expect(read.shape).toEqual([2, 1]);
});

// Keras 3.15.1 raises ValueError or TypeError for these: all are ValueErrors here.
it.each([
  [{ class_name: "Foo", config: {} }, "Could not locate class 'Foo'"],
  [{ module: null, class_name: "Zeros", config: {} }, "Could not locate class 'Zeros'"],
  [{ module: "foo.bar", class_name: "Conv1D", config: {} }, "Could not locate class 'Conv1D'"],
  [{ module: "keras.layers", class_name: "Foo", config: {} }, "Could not deserialize 'keras.layers.Foo'"],
  [{ module: "keras.initializers", class_name: "Zeros", config: 3 }, "Expected 'config' to be a dict for Zeros"],
  [
    { module: "keras.initializers", class_name: "Zeros", config: { a: 1 } },
    "Unrecognized keyword arguments passed to Zeros: {'a': 1}",
  ],
  [{ class_name: "__lambda__", config: { value: 1 } }, "Python lambda"],
  [
    { module: "builtins", class_name: "function", config: "foo", registered_name: "function" },
    "Could not locate function 'foo'",
  ],
])("refuses %j", (json, message) => {
  expect(() => deserializeKerasObject(json)).toThrow(ValueError);
  expect(() => deserializeKerasObject(json)).toThrow(message);
});

it("refuses what has no config", () => {
  expect(() => serializeKerasObject(new Map())).toThrow("must implement the getConfig() method");
  class Mute {
    readonly name = "mute";
    static fromConfig(): Mute {
      return new Mute();
    }
  }
  expect(() => registerKerasSerializable()(Mute)).toThrow("does not have a getConfig() method");
  expect(() => deserializeKerasObject({ class_name: "__typespec__", config: [] })).toThrow(UnsupportedError);
});

describe("argument names", () => {
  it("relates both spellings", () => {
    expect(argumentName("kernel_size")).toBe("kernelSize");
    expect(configKey("depthwiseInitializer")).toBe("depthwise_initializer");
    expect(argumentName("filters")).toBe("filters");
    expect(configKey("l1")).toBe("l1");
    expect(configKey("beta1")).toBe("beta_1");
    expect(configToArguments({ kernel_size: [3], name: "a" }, "Conv1D")).toEqual({ kernelSize: [3], name: "a" });
    expect(argumentsToConfig({ inputAxes: null, seed: 1, gain: undefined })).toEqual({ input_axes: null, seed: 1 });
  });

  it("refuses unknown arguments by name", () => {
    const allowed = ["kernelSize", "filters"];
    checkArguments("Conv1D", { kernelSize: 3, nothing: undefined }, allowed);
    expect(() => checkArguments("Conv1D", { kernelSize: 3, a: 3 }, allowed)).toThrow(
      "Unrecognized keyword arguments passed to Conv1D: {'a': 3}",
    );
    expect(() => checkArguments("Conv1D", { kernel_size: 3 }, allowed)).toThrow(
      "Unrecognized keyword arguments passed to Conv1D: {'kernel_size': 3}. `kernel_size` is written `kernelSize` here",
    );
    expect(() => configToArguments({ foo_bar: 1 }, "Conv1D")).toThrow(
      "Unrecognized keyword arguments passed to Conv1D: {'foo_bar': 1}",
    );
    expect(() => checkArguments("Conv1D", 3, allowed)).toThrow(
      "Conv1D takes its arguments as one object, such as { kernelSize: … }. Received: 3",
    );
  });
});
