/** The bridge to tfjs: tensors borrowed from it, buffers adopted by it, in every state in which tfjs keeps a tensor. */
import type { Backend, Shape } from "@keras-ts/core";
import { fn } from "../cases/op-case.ts";
import { Random } from "../random.ts";
import { activate } from "../reference/reference.ts";
import * as tf from "../tf.ts";
import { compare } from "../tolerance.ts";
import type { Group } from "./group.ts";
import { lifecycle } from "./lifecycle.ts";
import { describe, readBack } from "./run-case.ts";

const GROUP = "tfjs bridge";
const affine = fn("affine", -2, 0.5);

/** How a tensor came to be: by upload, or left on the device by a tfjs kernel, packed, reshaped or as a view. */
interface Origin {
  readonly name: string;
  /** Inside a `tidy`. */
  make(): tf.Tensor;
}

const shapes: readonly Shape[] = [
  [],
  [1],
  [5],
  [3, 4],
  [7, 9],
  [2, 3, 5],
  [1, 4, 4, 3],
  [2, 3, 4, 8],
  [2, 2, 3, 2, 3],
  [2, 65, 33],
];

function uploaded(shape: Shape): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(new Random(`tfjs ${shape}`).uniform(size, -1, 1), [...shape]);
}

const origins: readonly Origin[] = [
  ...shapes.map((shape): Origin => ({ name: `upload of [${shape}]`, make: () => uploaded(shape) })),
  ...shapes.map((shape): Origin => ({ name: `tf.add of [${shape}]`, make: () => tf.add(uploaded(shape), 1) })),
  { name: "tf.add of an upload that is on the device", make: () => onDevice(uploaded([4, 6])) },
  { name: "tf.matMul", make: () => tf.matMul(uploaded([7, 9]), uploaded([9, 5])) },
  { name: "tf.matMul of a batch", make: () => tf.matMul(uploaded([2, 3, 5]), uploaded([2, 5, 3])) },
  { name: "tf.concat", make: () => tf.concat([uploaded([2, 3, 5]), uploaded([2, 3, 2])], 2) },
  { name: "tf.transpose", make: () => tf.transpose(tf.add(uploaded([2, 3, 5]), 1), [2, 0, 1]) },
  { name: "tf.reshape of a result", make: () => tf.reshape(tf.add(uploaded([4, 9]), 1), [2, 3, 6]) },
  { name: "tf.reshape of an upload", make: () => tf.reshape(uploaded([4, 9]), [36]) },
  { name: "tf.reshape of tf.matMul", make: () => tf.reshape(tf.matMul(uploaded([7, 9]), uploaded([9, 4])), [2, 14]) },
  { name: "tf.slice of a result", make: () => tf.slice(tf.add(uploaded([6, 7]), 1), [2, 0], [3, 7]) },
  { name: "tf.slice of a slice", make: () => tf.slice(tf.slice(tf.add(uploaded([30]), 1), [5], [20]), [3], [11]) },
  {
    name: "tf.slice of tf.matMul",
    make: () => tf.slice(tf.matMul(uploaded([7, 9]), uploaded([9, 4])), [1, 1], [5, 2]),
  },
  { name: "tf.relu of tf.sub", make: () => tf.relu(tf.sub(uploaded([3, 5, 7]), uploaded([7]))) },
  { name: "tf.sum", make: () => tf.sum(uploaded([5, 6, 7]), 1) },
  {
    name: "tf.pad",
    make: () =>
      tf.pad(uploaded([3, 4]), [
        [1, 2],
        [0, 3],
      ]),
  },
  { name: "tf.clone", make: () => tf.clone(tf.add(uploaded([3, 4]), 1)) },
];

function onDevice(t: tf.Tensor): tf.Tensor {
  tf.add(t, 1).dispose();
  return t;
}

/** Borrow, run, adopt; values, and tensors and buffers back to where they were. */
export function tfjsTests(): Group {
  const round = origins.map(({ name, make }) =>
    lifecycle(name, (backend, problem) => roundTrip(backend, make, problem), GROUP),
  );
  return {
    name: GROUP,
    tests: [
      ...round,
      lifecycle("borrowed buffer outlives its tensor", outlives, GROUP),
      lifecycle("adopted tensor in tfjs ops", adoptedInOps, GROUP),
      lifecycle("adopted with another shape", adoptedReshaped, GROUP),
      lifecycle("adopted, borrowed, adopted again", twice, GROUP),
    ],
  };
}

type Problem = (message: string) => void;

async function counted(backend: Backend, problem: Problem, body: () => Promise<void>): Promise<void> {
  await tf.setBackend(backend.tfjsBackend);
  const before = tf.memory();
  await body();
  const after = tf.memory();
  if (after.numTensors !== before.numTensors)
    problem(`tf.memory().numTensors went from ${before.numTensors} to ${after.numTensors}.`);
  if (after.numDataBuffers !== before.numDataBuffers) {
    problem(`tf.memory().numDataBuffers went from ${before.numDataBuffers} to ${after.numDataBuffers}.`);
  }
}

function check(received: ArrayLike<number>, expected: ArrayLike<number>, shape: Shape, problem: Problem): void {
  const found = compare(received, expected, { terms: 1, scale: 4 });
  if (!found.agree) problem(describe(found, shape, { kernel: "tfjs bridge" }));
}

async function roundTrip(backend: Backend, make: () => tf.Tensor, problem: Problem): Promise<void> {
  await counted(backend, problem, async () => {
    const t = tf.tidy(make);
    const borrowed = backend.borrow(t);
    const exe = backend.prepare({ kind: "unary", fn: affine }, [t.shape]);
    const output = backend.alloc(t.shape);
    backend.dispatch(exe, null, [borrowed], output, null);
    backend.free(borrowed);
    const y = tf.tensorOf(backend.adopt(output, t.shape));
    const received = await y.data();
    const x = await t.data();
    check(received, activate(Float64Array.from(x), affine), t.shape, problem);
    if (JSON.stringify(y.shape) !== JSON.stringify(t.shape)) problem(`adopt gave shape [${y.shape}] for [${t.shape}].`);
    backend.release(exe);
    t.dispose();
    y.dispose();
  });
}

async function outlives(backend: Backend, problem: Problem): Promise<void> {
  await counted(backend, problem, async () => {
    const shape = [3, 7];
    const t = tf.tidy(() => tf.add(uploaded(shape), 1));
    const x = await t.data();
    const borrowed = backend.borrow(t);
    t.dispose();
    const other = tf.tidy(() => tf.add(uploaded(shape), 100)); // may be given the storage that was freed
    check(await readBack(backend, borrowed, shape), x, shape, problem);
    other.dispose();
    backend.free(borrowed);
  });
}

async function adoptedInOps(backend: Backend, problem: Problem): Promise<void> {
  await counted(backend, problem, async () => {
    for (const shape of shapes) {
      const y = tf.tensorOf(adoptedOf(backend, shape));
      const x = valuesOf(shape);
      const [sum, product] = tf.tidy(() => [tf.add(y, 1), tf.mul(tf.reshape(y, [-1, 1]), 3)]);
      if (!sum || !product) throw new RangeError("tfjs gave no tensors.");
      check(
        await sum.data(),
        Float64Array.from(x, (v) => v + 1),
        shape,
        problem,
      );
      check(
        await product.data(),
        Float64Array.from(x, (v) => v * 3),
        shape,
        problem,
      );
      check(await y.data(), x, shape, problem);
      for (const t of [y, sum, product]) t.dispose();
    }
  });
}

async function adoptedReshaped(backend: Backend, problem: Problem): Promise<void> {
  const pairs: [Shape, Shape][] = [
    [
      [2, 6],
      [3, 4],
    ],
    [[12], [2, 2, 3]],
    [[1, 3, 5, 6], [90]],
    [
      [2, 3, 7],
      [6, 7],
    ],
  ];
  await counted(backend, problem, async () => {
    for (const [from, to] of pairs.filter(([a, b]) => backend.storageKey(a) === backend.storageKey(b))) {
      const buffer = backend.alloc(from);
      backend.write(buffer, valuesOf(from), to);
      const y = tf.tensorOf(backend.adopt(buffer, to));
      check(await y.data(), valuesOf(from), to, problem);
      y.dispose();
    }
  });
}

async function twice(backend: Backend, problem: Problem): Promise<void> {
  await counted(backend, problem, async () => {
    const shape = [2, 3, 5];
    const first = tf.tensorOf(adoptedOf(backend, shape));
    const borrowed = backend.borrow(first);
    const second = tf.tensorOf(backend.adopt(borrowed, shape));
    first.dispose();
    check(await second.data(), valuesOf(shape), shape, problem);
    second.dispose();
  });
}

function valuesOf(shape: Shape): Float32Array {
  return new Random(`adopted ${shape}`).uniform(
    shape.reduce((a, b) => a * b, 1),
    -1,
    1,
  );
}

function adoptedOf(backend: Backend, shape: Shape): tf.TensorInfo {
  const buffer = backend.alloc(shape);
  backend.write(buffer, valuesOf(shape));
  return backend.adopt(buffer, shape);
}
