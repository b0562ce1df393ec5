/** Runs one case on a backend and returns what is wrong as data, so that it works outside of a test runner too. */
import {
  type Backend,
  type DeviceBuffer,
  type Executable,
  outputShape,
  type Packed,
  type Shape,
  sizeOf,
} from "@keras-ts/core";
import { type Float32Operand, type OpCase, operandsOf } from "../cases/op-case.ts";
import { alternativesOf } from "../reference/alternatives.ts";
import { reference } from "../reference/reference.ts";
import { roundingOf } from "../reference/rounding.ts";
import { agrees, type Comparison, compare, type Rounding } from "../tolerance.ts";
import { roomierShape } from "./roomier-shape.ts";

/** Something a backend got wrong. */
export interface Failure {
  /** Family and name of the case. */
  readonly test: string;
  readonly check: "refused" | "prepare" | "skip" | "value" | "roomy buffers" | "input changed" | "leak" | "error";
  /** Complete: names the values, worst index and tolerance. */
  readonly message: string;
  readonly comparison?: Comparison;
}

/** The numbers of a case and what should come out. */
interface Expectation {
  readonly inputs: readonly Float32Operand[];
  readonly weights: readonly Float32Operand[];
  readonly shape: Shape;
  readonly values: Float64Array;
  /** Accepted in place of `values`, element by element. */
  readonly alternatives: Float64Array | null;
  readonly rounding: Rounding;
}

/** Runs `c` on a started backend: exact and roomy buffers, inputs unchanged, nothing leaked. Empty when all is right. */
export async function runCase(backend: Backend, c: OpCase, test: string = c.name): Promise<Failure[]> {
  const before = backend.memory();
  const failures: Failure[] = [];
  const fail = (check: Failure["check"], message: string, comparison?: Comparison): void => {
    failures.push({
      test,
      check,
      message: `${message}\n    op ${JSON.stringify(c.op)} on ${JSON.stringify(c.inputs)}`,
      comparison,
    });
  };
  try {
    await runChecks(backend, expectationOf(c), c, fail);
  } catch (error) {
    fail("error", error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    return failures; // what an exception left allocated is not a second failure
  }
  const after = backend.memory();
  if (after.buffers !== before.buffers || after.packed !== before.packed || after.bytes !== before.bytes) {
    fail("leak", `memory() was ${JSON.stringify(before)} before the case and is ${JSON.stringify(after)} after it.`);
  }
  return failures;
}

type Fail = (check: Failure["check"], message: string, comparison?: Comparison) => void;

async function runChecks(backend: Backend, e: Expectation, c: OpCase, fail: Fail): Promise<void> {
  const reason = backend.unsupported(c.op, c.inputs);
  if (reason !== null) {
    if (!c.optional) fail("refused", `The backend refuses it: ${reason}`);
    return;
  }
  const packed = packOf(backend, c, e.weights);
  const exe = backend.prepare(c.op, c.inputs);
  checkExecutable(exe, c, e.shape, fail);
  for (const check of ["value", "roomy buffers"] as const) {
    const allocate = check === "value" ? (s: Shape) => s : (s: Shape) => roomierShape(backend, s);
    const result = await dispatchOnce(backend, exe, packed, e, allocate);
    if (result.changed !== null) fail("input changed", `dispatch changed input ${result.changed}.`);
    const found = compare(result.output, settled(result.output, e), e.rounding);
    if (found.agree) continue;
    fail(check, describe(found, e.shape, exe), found);
    break; // roomy buffers would only say the same again
  }
  if (packed !== null) backend.release(packed);
  backend.release(exe);
}

/** Packs the weights, then overwrites and frees the buffers they came in: `Packed` must not refer to them. */
export function packOf(backend: Backend, { op }: OpCase, weights: readonly Float32Operand[]): Packed | null {
  if (weights.length === 0) return null;
  const buffers = weights.map(({ shape, values }) => filledBuffer(backend, shape, values));
  const packed = backend.pack(op, buffers);
  for (const buffer of buffers) {
    fillWithNaN(backend, buffer);
    backend.free(buffer);
  }
  return packed;
}

/** Runs `exe` on fresh buffers, the output and workspace full of NaN. `changed` is an input that was written to. */
export async function dispatchOnce(
  backend: Backend,
  exe: Executable,
  packed: Packed | null,
  { inputs, shape }: Pick<Expectation, "inputs" | "shape">,
  allocate: (shape: Shape) => Shape,
): Promise<{ output: Float32Array; changed: number | null }> {
  const buffers = inputs.map((input) => {
    const buffer = garbage(backend, allocate(input.shape));
    backend.write(buffer, input.values, input.shape);
    return buffer;
  });
  const output = garbage(backend, allocate(shape));
  const workspace = exe.workspace > 0 ? garbage(backend, allocate([exe.workspace])) : null;
  backend.dispatch(exe, packed, buffers, output, workspace);
  const values = await readBack(backend, output, shape);
  let changed: number | null = null;
  for (const [i, { values: sent, shape: own }] of inputs.entries()) {
    const kept = await readBack(backend, buffers[i] ?? output, own);
    if (!kept.every((v, j) => Object.is(v, sent[j]) || v === sent[j])) changed = i;
  }
  for (const buffer of [...buffers, output, ...(workspace ? [workspace] : [])]) backend.free(buffer);
  return { output: values, changed };
}

/** The values of a buffer; immediately where the backend can. */
export async function readBack(backend: Backend, buffer: DeviceBuffer, shape: Shape): Promise<Float32Array> {
  const values = new Float32Array(sizeOf(shape));
  if (backend.readSync) backend.readSync(buffer, values, shape);
  else await backend.read(buffer, values, shape);
  return values;
}

/** A buffer of `shape` with these values. */
export function filledBuffer(backend: Backend, shape: Shape, values: Float32Array): DeviceBuffer {
  const buffer = backend.alloc(shape);
  backend.write(buffer, values, shape);
  return buffer;
}

/** The numbers of a case, its expected output and how exactly it is to be met. */
export function expectationOf(c: OpCase): Expectation {
  const { inputs, weights } = operandsOf(c);
  return {
    inputs,
    weights,
    shape: outputShape(c.op, c.inputs),
    values: reference(c.op, inputs, weights),
    alternatives: alternativesOf(c.op, inputs),
    rounding: roundingOf(c.op, inputs, weights),
  };
}

/** The expected values, with the alternative in the places where that is what came out. */
function settled(output: Float32Array, { values, alternatives, rounding }: Expectation): Float64Array {
  if (alternatives === null) return values;
  return values.map((v, i) => {
    const other = alternatives[i] ?? v;
    return agrees(output[i] ?? Number.NaN, other, rounding, i) ? other : v;
  });
}

/** A comparison in words: worst index and coordinates, both values, tolerance, kernel. */
export function describe(found: Comparison, shape: Shape, { kernel }: Pick<Executable, "kernel">): string {
  return (
    `Output [${shape}] differs at index ${found.worstIndex}: expected ${found.expected}, received ${found.actual}, ` +
    `tolerance ${found.tolerance.toExponential(2)}; largest error ${found.maxAbs.toExponential(2)} absolute, ` +
    `${found.maxUlp.toPrecision(3)} ulp. Kernel ${kernel}.`
  );
}

function garbage(backend: Backend, shape: Shape): DeviceBuffer {
  const buffer = backend.alloc(shape);
  fillWithNaN(backend, buffer);
  return buffer;
}

function fillWithNaN(backend: Backend, buffer: DeviceBuffer): void {
  backend.write(buffer, new Float32Array(sizeOf(buffer.shape)).fill(Number.NaN));
}

function checkExecutable(exe: Executable, c: OpCase, shape: Shape, fail: Fail): void {
  if (JSON.stringify(exe.outputShape) !== JSON.stringify(shape)) {
    fail("prepare", `prepare gives outputShape [${exe.outputShape}], the op gives [${shape}].`);
  }
  if (JSON.stringify(exe.inputShapes) !== JSON.stringify(c.inputs)) {
    fail("prepare", `prepare gives inputShapes ${JSON.stringify(exe.inputShapes)}.`);
  }
  if (JSON.stringify(exe.op) !== JSON.stringify(c.op)) fail("prepare", `prepare gives op ${JSON.stringify(exe.op)}.`);
  if (exe.kernel.trim() === "") fail("prepare", "prepare names no kernel.");
  if (!Number.isInteger(exe.workspace) || exe.workspace < 0)
    fail("prepare", `prepare asks for ${exe.workspace} elements.`);
}
