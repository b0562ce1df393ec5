import "@tensorflow/tfjs-backend-cpu";
import { beforeEach, describe, expect, it } from "vitest";
import { UnsupportedError, ValueError } from "../errors.ts";
import { UnitForgetBias } from "../layers/unit-forget-bias.ts";
import { setRandomSeed } from "../random/random-seed.ts";
import { SeedGenerator } from "../random/seed-generator.ts";
import { registerKerasSerializable } from "../serialization/custom-objects.ts";
import { engine, tensor } from "../tf.ts";
import * as initializers from "./index.ts";

const f32 = (...values: number[]): number[] => values.map(Math.fround);

beforeEach(() => setRandomSeed(42));

// Keras 3.15.1 on JAX 0.10.2: `keras.initializers.X(…)(shape)`, printed with nine digits, which name a float32 exactly.
describe("draws Keras's numbers, bit for bit", () => {
  it.each([
    [
      new initializers.GlorotUniform({ seed: 42 }),
      [2, 3],
      [0.14619738, -0.95183522, -0.25924283, 0.46438885, 0.626912, -0.21274202],
    ],
    [
      new initializers.RandomUniform({ minval: 0, maxval: 1, seed: 42 }),
      [4],
      [0.56672966, 0.06554866, 0.38167238, 0.71196353],
    ],
    [new initializers.RandomNormal({ mean: 1, stddev: 2, seed: 9 }), [3], [2.3650341, -2.12981153, 1.04245281]],
    [new initializers.TruncatedNormal({ mean: 1, stddev: 2, seed: 9 }), [3], [2.29319096, -1.82533073, 1.04052079]],
    [new initializers.LecunNormal({ seed: 7 }), [4], [-0.236916915, -0.318105876, 0.133110613, 0.324647665]],
    [
      new initializers.LecunUniform({ seed: 7 }),
      [2, 2, 1, 2],
      [-0.293217123, -0.384940833, 0.167988896, 0.392041564, -0.734450459, -0.183757097, -0.0555376485, 0.641724765],
    ],
    [
      new initializers.VarianceScaling({ scale: 2, mode: "fan_out", distribution: "untruncated_normal", seed: 5 }),
      [2, 3],
      [-0.531565905, -0.346056014, 1.60187316, -0.0926360041, -0.845415711, 1.05479896],
    ],
    [
      new initializers.GlorotUniform({ seed: 1, inputAxes: [0], outputAxes: [1] }),
      [2, 3],
      [-0.797029316, 0.400102049, 0.670309007, -0.572803676, 0.218723178, -0.764185548],
    ],
  ])("%#", (initializer, shape, expected) => {
    expect([...initializer.values(shape)]).toEqual(f32(...expected));
  });

  it("He normal on a depthwise kernel", () => {
    const values = new initializers.HeNormal({ seed: 42 }).values([3, 2, 2]);
    expect([...values.subarray(0, 4)]).toEqual(f32(0.105240732, -0.899326086, -0.188374788, 0.348580748));
  });

  it("moves on with a seed generator and repeats itself with an integer", () => {
    const uniform = new initializers.RandomUniform({ minval: 0, maxval: 1, seed: new SeedGenerator({ seed: 3 }) });
    expect([...uniform.values([2])]).toEqual(f32(0.856028557, 0.484026551));
    expect([...uniform.values([2])]).toEqual(f32(0.882162213, 0.363610983));
    const fixed = new initializers.HeUniform();
    expect(fixed.values([5])).toEqual(fixed.values([5]));
  });
});

// Keras 3.15.1 on JAX, whose QR is float32: the numbers agree to about 1e-7.
it.each([
  [{ gain: 2, seed: 42 }, [2, 3], [0.388641119, -0.696301818, 1.83415437, -1.87308037, 0.424467295, 0.558030009]],
  [
    { seed: 1 },
    [2, 2, 3],
    [
      -0.832822919, 0.0769338906, 0.343357742, -0.539499521, 0.023850916, -0.652844071, 0.0731786191, 0.995922983,
      0.0166372545, 0.0999562889, 0.0406136364, -0.67499882,
    ],
  ],
])("Orthogonal %#", (args, shape, expected) => {
  const values = new initializers.Orthogonal(args).values(shape);
  for (const [i, value] of expected.entries()) expect(Math.abs((values[i] ?? 0) - value)).toBeLessThan(5e-7);
});

it("draws unseeded seeds in construction order, none for constants", () => {
  const first = new initializers.GlorotUniform();
  new initializers.Zeros();
  expect([first.seed, new initializers.RandomNormal().seed]).toEqual([686579304, 119540832]);
});

it("makes constants", () => {
  expect([...new initializers.Ones().values([2, 2])]).toEqual([1, 1, 1, 1]);
  expect([...new initializers.Constant({ value: 0.1 }).values([2])]).toEqual(f32(0.1, 0.1));
  expect([...new initializers.Identity({ gain: 2 }).values([2, 3])]).toEqual([2, 0, 0, 0, 2, 0]);
});

// Keras 3.15.1: json.dumps(keras.initializers.serialize(…)).
it.each([
  [new initializers.RandomNormal({ seed: 1 }), '"RandomNormal","config":{"seed":1,"mean":0,"stddev":0.05}'],
  [new initializers.TruncatedNormal(), '"TruncatedNormal","config":{"seed":null,"mean":0,"stddev":0.05}'],
  [new initializers.RandomUniform(), '"RandomUniform","config":{"seed":null,"minval":-0.05,"maxval":0.05}'],
  [
    new initializers.VarianceScaling({ scale: 2, seed: 3, inputAxes: [0], outputAxes: [1], distribution: "normal" }),
    '"VarianceScaling","config":{"seed":3,"scale":2,"mode":"fan_in","distribution":"truncated_normal","input_axes":[0],"output_axes":[1]}',
  ],
  [new initializers.Orthogonal(), '"Orthogonal","config":{"seed":null,"gain":1}'],
  [
    new initializers.GlorotUniform({ seed: 2 }),
    '"GlorotUniform","config":{"seed":2,"input_axes":null,"output_axes":null}',
  ],
  [new initializers.Identity({ gain: 3 }), '"Identity","config":{}'],
  [new initializers.Constant({ value: 2 }), '"Constant","config":{"value":2}'],
])("serializes as Keras %#", (initializer, expected) => {
  const json = initializers.serialize(initializer);
  expect(JSON.stringify(json)).toBe(`{"module":"keras.initializers","class_name":${expected},"registered_name":null}`);
  expect(initializers.serialize(initializers.get(json as initializers.InitializerIdentifier))).toEqual(json);
});

it("keeps a seed generator in configs", () => {
  const initializer = new initializers.HeNormal({ seed: new SeedGenerator({ seed: 3 }) });
  const seed = {
    module: "keras.random",
    class_name: "SeedGenerator",
    config: { seed: 3, name: "seed_generator" },
    registered_name: null,
  };
  expect(initializer.getConfig()).toEqual({ seed, input_axes: null, output_axes: null });
  expect(initializers.HeNormal.fromConfig(initializer.getConfig()).seed).toBeInstanceOf(SeedGenerator);
});

describe("get", () => {
  it.each([
    ["GlorotUniform", initializers.GlorotUniform],
    ["he_normal", initializers.HeNormal],
    ["zeros", initializers.Zeros],
    ["one", initializers.Ones],
    ["normal", initializers.RandomNormal],
    ["uniform", initializers.RandomUniform],
    ["OrthogonalInitializer", initializers.Orthogonal],
  ])("%s", (name, kerasClass) => expect(initializers.get(name)).toBeInstanceOf(kerasClass));

  it("classes, instances, configs and null", () => {
    const ones = new initializers.Ones();
    expect(initializers.get(initializers.Ones)).toBeInstanceOf(initializers.Ones);
    expect(initializers.get(ones)).toBe(ones);
    expect(initializers.get(null)).toBeNull();
    // Keras looks an initializer's class up by name alone.
    expect(initializers.get({ module: "x.y", class_name: "Zeros", config: {}, registered_name: "Q" })).toBeInstanceOf(
      initializers.Zeros,
    );
  });

  it("a tensor, for exactly its shape", () => {
    const before = engine().memory().numTensors;
    const value = tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    const initializer = initializers.get(value);
    const weight = initializer.call([2, 3]);
    expect([...weight.dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(() => initializer.call([3, 2])).toThrow(
      "Expected `shape` to be (2, 3) for direct tensor as initializer. Received shape=(3, 2)",
    );
    expect(initializers.serialize(initializer)).toMatchObject({ class_name: "function", config: "initialize_fn" });
    weight.dispose();
    value.dispose();
    expect(engine().memory().numTensors).toBe(before);
  });

  it("a user's function, registered or not", () => {
    const halves = (shape: readonly number[]) =>
      tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5), [...shape]);
    expect([...initializers.get(halves)!.values([2])]).toEqual([0.5, 0.5]);
    expect(initializers.serialize(initializers.get(halves))).toEqual({
      module: "builtins",
      class_name: "function",
      config: "halves",
      registered_name: "function",
    });
    registerKerasSerializable("mine")(halves);
    const json = initializers.serialize(initializers.get(halves));
    expect(json).toMatchObject({ config: "mine>halves" });
    expect([...initializers.get(json as initializers.InitializerIdentifier)!.values([1])]).toEqual([0.5]);
  });

  it("a user's class with `call` alone: its values are those of the tensor, which goes", () => {
    const before = engine().memory().numTensors;
    class Sevens extends initializers.Initializer {
      override call([first = 0]: readonly number[]) {
        return tensor(new Float32Array(first).fill(7), [first]);
      }
    }
    expect([...new Sevens().values([2])]).toEqual([7, 7]);
    expect([...new UnitForgetBias(new Sevens()).values([8])]).toEqual([7, 7, 1, 1, 7, 7, 7, 7]);
    expect(engine().memory().numTensors).toBe(before);
    expect(() => new UnitForgetBias(initializers.get(() => tensor([1, 2, 3]))).values([8])).toThrow(
      "An initializer must give a tensor of shape (2,). Received: shape=(3,)",
    );
    expect(() => new initializers.Initializer().values([2])).toThrow(ValueError);
  });

  it("a user's class", () => {
    class Nines extends initializers.Initializer {
      static override readonly className = "Nines";
      override values(shape: readonly number[]) {
        return new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(9);
      }
    }
    const json = initializers.serialize(new Nines());
    expect(json).toEqual({ module: null, class_name: "Nines", config: {}, registered_name: "Nines" });
    expect(() => initializers.get(json as initializers.InitializerIdentifier)).toThrow(
      "Could not interpret initializer identifier",
    );
    expect(initializers.deserialize(json as initializers.InitializerIdentifier, { Nines })).toBeInstanceOf(Nines);
  });
});

// Messages: Keras 3.15.1.
it.each([
  [() => initializers.get("foo"), "Could not interpret initializer identifier: foo"],
  [() => initializers.get("Glorot_Uniform"), "Could not interpret initializer identifier: Glorot_Uniform"],
  [() => initializers.get(3 as never), "Could not interpret initializer identifier: 3"],
  [
    () => initializers.get({ class_name: "Foo", config: {} }),
    "Could not interpret initializer identifier: {'class_name': 'Foo', 'config': {}}",
  ],
  [() => initializers.get({ config: {} }), "Unknown `config` as a `dict`"],
  [() => initializers.get({ class_name: "Zeros", config: { a: 1 } }), "'a': 1"],
  [() => initializers.get("constant"), "'value'"],
  [() => new initializers.VarianceScaling({ scale: 0 }), "Argument `scale` must be positive float. Received: scale=0"],
  [() => new initializers.VarianceScaling({ mode: "fan" as never }), "Invalid `mode` argument: fan. Please use one of"],
  [
    () => new initializers.VarianceScaling({ distribution: "foo" as never }),
    "Invalid `distribution` argument: foo. Please use one of",
  ],
  [
    () => new initializers.GlorotUniform({ seed: 1.5 }),
    "`seed` argument should be an instance of `keras.random.SeedGenerator()` or an integer. Received: seed=1.5",
  ],
  [
    () => new initializers.Identity().values([2, 3, 4]),
    "Identity matrix initializer can only be used for 2D matrices. Received: shape=(2, 3, 4) of rank 3.",
  ],
  [
    () => new initializers.Orthogonal().values([3]),
    "The tensor to initialize must be at least two-dimensional. Received: shape=(3,) of rank 1.",
  ],
  [() => new initializers.HeNormal({ input_axes: [0] } as never), "`input_axes` is written `inputAxes` here"],
])("refuses %#", (attempt, message) => {
  expect(attempt).toThrow(ValueError);
  expect(attempt).toThrow(message);
});

it("refuses what cannot be done here by name", () => {
  expect(() => initializers.get({ class_name: "STFT", config: { window: "parzen" } })).toThrow(UnsupportedError);
  expect(() => new initializers.Zeros().call([2], "float16")).toThrow("dtype=float16");
});

// Keras 3.15.1: keras.src.initializers.random_initializers.compute_fans.
it.each([
  [[], [1, 1]],
  [[5], [5, 5]],
  [
    [3, 4],
    [3, 4],
  ],
  [
    [3, 4, 2],
    [12, 6],
  ],
  [
    [3, 2, 4, 5],
    [24, 30],
  ],
])("fans of %j", (shape, expected) => expect(initializers.computeFans(shape)).toEqual(expected));

// Values are held by fixtures/initializers; these are Keras's refusals.
it("STFT refuses sides, scalings, windows and shapes that have no meaning", () => {
  expect(() => new initializers.STFT({ side: "left" as "real" })).toThrow(/side='left'/);
  expect(() => new initializers.STFT({ scaling: "loud" as "density" })).toThrow(/scaling='loud'/);
  expect(() => new initializers.STFT({ window: "porthole" })).toThrow(ValueError);
  expect(() => new initializers.STFT({ window: "tukey" })).toThrow(UnsupportedError);
  expect(() => new initializers.STFT().values([8, 2, 5])).toThrow(/\(8, 2, 5\)/);
  expect(() => new initializers.STFT({ window: [1, 2] }).values([8, 1, 5])).toThrow(/frame length 8/);
  expect(JSON.stringify(new initializers.STFT().getConfig())).toBe(
    '{"side":"real","window":"hann","periodic":false,"scaling":"density"}',
  );
});
