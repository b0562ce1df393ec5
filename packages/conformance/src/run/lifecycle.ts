/** What a backend owes beyond single ops: storage, shared executables, packed weights, failing and starting again. */
import { type Backend, type Shape, sizeOf } from "@keras-ts/core";
import { convOp, depthwiseOp, fn, type OpCase, operandsOf } from "../cases/op-case.ts";
import { Random } from "../random.ts";
import { reference } from "../reference/reference.ts";
import { roundingOf } from "../reference/rounding.ts";
import { compare } from "../tolerance.ts";
import type { Group, Test } from "./group.ts";
import { roomierShape } from "./roomier-shape.ts";
import {
  describe,
  dispatchOnce,
  expectationOf,
  type Failure,
  filledBuffer,
  packOf,
  readBack,
  runCase,
} from "./run-case.ts";
import { sequenceRefusals, sequences } from "./sequences.ts";

const REPEATS = 1000;

const small: OpCase = {
  name: "lifecycle conv",
  op: convOp({ kernelSize: [3], padding: [[1, 1]], inChannels: 5, outChannels: 6, bias: true }),
  inputs: [[2, 7, 5]],
};

/** The tests that are not one op on one shape. `dispose and init` comes last: it empties the backend. */
export function lifecycleTests(): Group {
  const tests: Test[] = [
    lifecycle("write and read", writeAndRead),
    lifecycle("write and read a smaller shape in a buffer", writeAndReadSmaller),
    lifecycle("same op repeated", repeated),
    lifecycle("one executable, two sets of weights", twoPacked),
    lifecycle("one set of weights, two shapes", twoShapes),
    lifecycle("output of one op as input of the next", chained),
    lifecycle("windows of a buffer, where there are any", windows),
    lifecycle("sequences, where there are any", sequences),
    lifecycle("what a sequence refuses", sequenceRefusals),
    lifecycle("weights computed on the device", weightsFromOp),
    lifecycle("memory counts", memoryCounts),
    lifecycle("allocation of an absurd size", absurdAllocation),
    lifecycle("describe and names", names),
    lifecycle("dispose and init", disposeAndInit),
  ];
  return { name: "lifecycle", tests };
}

/** A test from a function that reports problems; checks for leaks and turns exceptions into failures. */
export function lifecycle(
  label: string,
  check: (backend: Backend, problem: (message: string) => void) => Promise<void>,
  group = "lifecycle",
): Test {
  const test = `${group}/${label}`;
  return {
    name: test,
    run: async (backend) => {
      const failures: Failure[] = [];
      const before = JSON.stringify(backend.memory());
      try {
        await check(backend, (message) => failures.push({ test, check: "value", message }));
      } catch (error) {
        const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        return [...failures, { test, check: "error", message }];
      }
      const after = JSON.stringify(backend.memory());
      if (after !== before) failures.push({ test, check: "leak", message: `memory() was ${before} and is ${after}.` });
      return failures;
    },
  };
}

type Problem = (message: string) => void;

const storageShapes: readonly Shape[] = [
  [],
  [1],
  [2],
  [3],
  [4],
  [5],
  [31],
  [1000],
  [1, 1],
  [3, 1],
  [1, 5],
  [4, 4],
  [7, 9],
  [2, 3, 4],
  [1, 1, 6],
  [3, 5, 1],
  [1, 3, 3, 4],
  [2, 3, 4, 5],
  [2, 1, 1, 33],
  [1, 16, 16, 3],
  [2, 2, 3, 2, 5],
  [0],
  [0, 4],
  [2, 0, 3],
  [1, 64, 65],
  [4099],
];

async function writeAndRead(backend: Backend, problem: Problem): Promise<void> {
  const specials = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3.4e38, -1.2e-38, 0];
  for (const shape of storageShapes) {
    const sent = new Random(`storage ${shape}`).uniform(sizeOf(shape), -10, 10);
    sent.set(specials.slice(0, sent.length));
    const buffer = filledBuffer(backend, shape, sent);
    const received = new Float32Array(sent.length);
    await backend.read(buffer, received);
    if (!sameValues(sent, received))
      problem(`read of [${shape}] gave [${received.slice(0, 8)}…] for [${sent.slice(0, 8)}…].`);
    if (backend.readSync) {
      received.fill(-1);
      backend.readSync(buffer, received);
      if (!sameValues(sent, received))
        problem(`readSync of [${shape}] gave [${received.slice(0, 8)}…] for [${sent.slice(0, 8)}…].`);
    }
    if (JSON.stringify(buffer.shape) !== JSON.stringify(shape))
      problem(`alloc of [${shape}] has shape [${buffer.shape}].`);
    backend.free(buffer);
  }
}

async function writeAndReadSmaller(backend: Backend, problem: Problem): Promise<void> {
  for (const shape of storageShapes.filter((s) => sizeOf(s) > 0)) {
    const buffer = backend.alloc(roomierShape(backend, shape));
    const sent = new Random(`smaller ${shape}`).uniform(sizeOf(shape), -10, 10);
    backend.write(buffer, sent, shape);
    const received = new Float32Array(sent.length);
    await backend.read(buffer, received, shape);
    if (!sameValues(sent, received)) problem(`[${shape}] in a buffer of [${buffer.shape}] was not read as written.`);
    backend.free(buffer);
  }
}

/** Equal bits but for NaN, and but for flushed subnormals. */
function sameValues(a: Float32Array, b: Float32Array): boolean {
  return a.every((v, i) => v === b[i] || (Number.isNaN(v) && Number.isNaN(b[i])));
}

async function repeated(backend: Backend, problem: Problem): Promise<void> {
  const e = expectationOf(small);
  const packed = packOf(backend, small, e.weights);
  const exe = backend.prepare(small.op, small.inputs);
  const inputs = e.inputs.map(({ shape, values }) => filledBuffer(backend, shape, values));
  const output = backend.alloc(e.shape);
  const workspace = exe.workspace > 0 ? backend.alloc([exe.workspace]) : null;
  backend.dispatch(exe, packed, inputs, output, workspace);
  const first = await readBack(backend, output, e.shape);
  const found = compare(first, e.values, e.rounding);
  if (!found.agree) problem(describe(found, e.shape, exe));
  const before = JSON.stringify(backend.memory());
  for (let i = 0; i < REPEATS; i++) {
    backend.dispatch(exe, packed, inputs, output, workspace);
    if (i % 100 !== 99 && i !== 0) continue;
    const again = await readBack(backend, output, e.shape);
    if (!sameValues(first, again)) problem(`Run ${i + 2} gave another result than the first.`);
  }
  if (JSON.stringify(backend.memory()) !== before) problem(`${REPEATS} dispatches changed memory() from ${before}.`);
  for (const buffer of [...inputs, output, ...(workspace ? [workspace] : [])]) backend.free(buffer);
  if (packed) backend.release(packed);
  backend.release(exe);
}

async function twoPacked(backend: Backend, problem: Problem): Promise<void> {
  const cases = [small, { ...small, name: "lifecycle other weights" }];
  const expectations = cases.map(expectationOf);
  const packs = cases.map((c, i) => packOf(backend, c, expectations[i]?.weights ?? []));
  const exe = backend.prepare(small.op, small.inputs);
  for (const i of [0, 1, 0, 1]) {
    const [e, packed] = [expectations[i], packs[i]];
    if (!e || !packed) throw new RangeError(`There is no set of weights ${i}.`);
    const { output } = await dispatchOnce(backend, exe, packed, e, (shape) => shape);
    const found = compare(output, e.values, e.rounding);
    if (!found.agree) problem(`With weights ${i}: ${describe(found, e.shape, exe)}`);
  }
  for (const packed of packs) if (packed) backend.release(packed);
  backend.release(exe);
}

async function twoShapes(backend: Backend, problem: Problem): Promise<void> {
  const op = depthwiseOp(6, 1, {
    kernelSize: [3, 3],
    padding: [
      [1, 1],
      [1, 1],
    ],
  });
  const { weights } = operandsOf({ name: "lifecycle shapes", op, inputs: [] });
  const packed = packOf(backend, { name: "lifecycle shapes", op, inputs: [] }, weights);
  for (const shape of [
    [1, 5, 6, 6],
    [3, 8, 3, 6],
  ]) {
    const { inputs } = operandsOf({ name: `lifecycle [${shape}]`, op, inputs: [shape] });
    const exe = backend.prepare(op, [shape]);
    const { output } = await dispatchOnce(backend, exe, packed, { inputs, shape: exe.outputShape }, (s) => s);
    const found = compare(output, reference(op, inputs, weights), roundingOf(op, inputs, weights));
    if (!found.agree) problem(`On [${shape}]: ${describe(found, exe.outputShape, exe)}`);
    backend.release(exe);
  }
  if (packed) backend.release(packed);
}

/** Three ops without a read between them, the buffers in and out changing places. */
async function chained(backend: Backend, problem: Problem): Promise<void> {
  const shape = [3, 4, 7];
  const sent = new Random("chain").uniform(sizeOf(shape), -1, 1);
  const double = backend.prepare({ kind: "unary", fn: fn("affine", 2, 0.5) }, [shape]);
  const sum = backend.prepare({ kind: "binary", fn: "add" }, [shape, shape]);
  const [a, b] = [filledBuffer(backend, shape, sent), backend.alloc(shape)];
  const c = backend.alloc(shape);
  backend.dispatch(double, null, [a], b, null); // b = 2a + 0.5
  backend.dispatch(sum, null, [a, b], c, null); // c = 3a + 0.5
  backend.dispatch(double, null, [c], a, null); // a = 6a + 1.5
  backend.dispatch(sum, null, [b, b], c, null); // c = 4a + 1
  const expected = [sent.map((v) => 6 * v + 1.5), sent.map((v) => 4 * v + 1)];
  for (const [i, buffer] of [a, c].entries()) {
    const found = compare(await readBack(backend, buffer, shape), expected[i] ?? sent, { terms: 4, scale: 8 });
    if (!found.agree) problem(`Result ${i}: ${describe(found, shape, i === 0 ? double : sum)}`);
  }
  for (const buffer of [a, b, c]) backend.free(buffer);
  backend.release(double);
  backend.release(sum);
}

/** A ring as streams keep: what lies beside a window is left alone, wherever that was moved. */
async function windows(backend: Backend, problem: Problem): Promise<void> {
  if (!backend.window) return;
  const sent = new Random("windows").uniform(29, -1, 1);
  const ring = filledBuffer(backend, [29], sent);
  const [from, to] = [backend.window(ring, [3]), backend.window(ring, [1, 3])];
  const double = backend.prepare({ kind: "unary", fn: fn("affine", 2, 0) }, [[3]]);
  const expected = sent.slice();
  for (const [source, target] of [
    [0, 3],
    [3, 26],
    [7, 1],
    [26, 13],
  ] as const) {
    [from.offset, to.offset] = [source, target];
    backend.dispatch(double, null, [from], to, null);
    for (let i = 0; i < 3; i++) expected[target + i] = 2 * (expected[source + i] ?? 0);
    if (!sameValues(expected, await readBack(backend, ring, [29])))
      problem(`From offset ${source} to ${target}: other elements than those of the window, or other values.`);
  }
  backend.free(ring); // its windows hold it
  if (!sameValues(expected.slice(26), await readBack(backend, from, [3]))) problem("A window lost its buffer.");
  from.offset = 27;
  let refused = false;
  try {
    await readBack(backend, from, [3]);
  } catch (error) {
    refused = error instanceof RangeError;
  }
  if (!refused) problem("A window that reaches beyond its buffer was read.");
  for (const window of [from, to]) backend.free(window);
  backend.release(double);
}

/** A kernel that an op left on the device, as training does. */
async function weightsFromOp(backend: Backend, problem: Problem): Promise<void> {
  const e = expectationOf(small);
  const made = e.weights.map(({ shape, values }) => {
    const scale = backend.prepare({ kind: "unary", fn: fn("affine", 0.5, 0) }, [shape]);
    const source = filledBuffer(
      backend,
      shape,
      values.map((v) => 2 * v),
    );
    const target = backend.alloc(shape);
    backend.dispatch(scale, null, [source], target, null);
    backend.free(source);
    backend.release(scale);
    return target;
  });
  const packed = backend.pack(small.op, made);
  for (const buffer of made) backend.free(buffer);
  const exe = backend.prepare(small.op, small.inputs);
  const { output } = await dispatchOnce(backend, exe, packed, e, (shape) => shape);
  const found = compare(output, e.values, e.rounding);
  if (!found.agree) problem(describe(found, e.shape, exe));
  backend.release(packed);
  backend.release(exe);
}

async function memoryCounts(backend: Backend, problem: Problem): Promise<void> {
  const before = backend.memory();
  const buffer = backend.alloc([5, 6]);
  const during = backend.memory();
  if (during.buffers !== before.buffers + 1)
    problem(`alloc took memory().buffers from ${before.buffers} to ${during.buffers}.`);
  if (during.bytes < before.bytes + 120)
    problem(`alloc of 120 bytes took memory().bytes from ${before.bytes} to ${during.bytes}.`);
  backend.free(buffer);
  const packed = packOf(backend, small, operandsOf(small).weights);
  const { packed: count, buffers } = backend.memory();
  if (count !== before.packed + 1) problem(`pack took memory().packed from ${before.packed} to ${count}.`);
  if (buffers !== before.buffers) problem(`pack kept ${buffers - before.buffers} of its buffers.`);
  if (packed && packed.bytes <= 0) problem(`Packed weights claim ${packed.bytes} bytes.`);
  if (packed) backend.release(packed);
}

async function absurdAllocation(backend: Backend, problem: Problem): Promise<void> {
  const shape = [2 ** 20, 2 ** 20]; // 4 TiB
  try {
    backend.free(backend.alloc(shape));
    problem(`alloc of [${shape}] did not fail.`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const digits = message.replaceAll(/[\s,_.'](?=\d{3}(?!\d))/g, "");
    const named = /1048576|1099511627776|4398046511104|4194304|\b4096 ?G|\b4 ?T/.test(digits);
    if (!named) problem(`The error of alloc([${shape}]) does not name the size: ${message}`);
  }
  for (const { message } of await runCase(backend, small)) problem(`After a failed alloc: ${message}`);
}

async function names(backend: Backend, problem: Problem): Promise<void> {
  if (!/^[A-Za-z0-9-]+$/.test(backend.name))
    problem(`name "${backend.name}" has more than letters, digits and hyphens.`);
  if (backend.describe().trim() === "") problem("describe() says nothing.");
  if (backend.readsImmediately && !backend.readSync) problem("readsImmediately without readSync.");
  const [first, again] = [0, 1].map(() => backend.storageKey([2, 3, 4]));
  if (first !== again) problem("storageKey of one shape gives two keys.");
}

async function disposeAndInit(backend: Backend, problem: Problem): Promise<void> {
  const before = backend.memory();
  const left = backend.alloc([3, 4]);
  const packed = packOf(backend, small, operandsOf(small).weights);
  const { generation } = backend;
  await backend.init(); // it runs: nothing may happen
  const running = backend.memory();
  if (running.buffers !== before.buffers + 1) problem(`init of a running backend left ${running.buffers} buffers.`);
  if (backend.generation !== generation) problem("init of a running backend changed generation.");
  if (left.shape.length !== 2 || packed === null) problem("There is nothing for dispose to free.");
  for (const time of ["once", "twice"]) {
    const last = backend.generation;
    backend.dispose();
    await backend.init();
    const { buffers, packed: packs } = backend.memory();
    if (buffers !== 0 || packs !== 0) problem(`Disposed ${time}: memory() has ${buffers} buffers, ${packs} packed.`);
    if (backend.generation === last) problem(`Disposed ${time} and started: generation is still ${last}.`);
    for (const { message } of await runCase(backend, small)) problem(`Disposed ${time} and started: ${message}`);
  }
}
