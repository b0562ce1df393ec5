/** Sequences, where a backend has them: they must give what their dispatches give one by one, to the bit, on whatever buffers. */
import { type Backend, type DeviceBuffer, type Packed, type Shape, sizeOf } from "@keras-ts/core";
import { convOp, fn, operandsOf } from "../cases/op-case.ts";
import { Random } from "../random.ts";
import { filledBuffer, packOf, readBack } from "./run-case.ts";

/** Large enough that threads may share it and that another algorithm may need a workspace; the same op twice in a row. */
const SHAPE: Shape = [2, 20, 24, 16];
const op = convOp({
  kernelSize: [3, 3],
  padding: [
    [1, 1],
    [1, 1],
  ],
  inChannels: 16,
  outChannels: 16,
  bias: true,
});
/** Buffers of the chain: x, the two between, y, and one that no call names. */
const COUNT = 5;

/** x → conv a → conv b → + x → y. */
function chain(backend: Backend) {
  const conv = backend.prepare(op, [SHAPE]);
  const sum = backend.prepare({ kind: "binary", fn: "add" }, [SHAPE, SHAPE]);
  const half = backend.prepare({ kind: "unary", fn: fn("affine", 0.5, 0) }, [SHAPE]);
  const packs = ["a", "b"].flatMap((name) => {
    const c = { name: `sequence weights ${name}`, op, inputs: [SHAPE] };
    return packOf(backend, c, operandsOf(c).weights) ?? [];
  });
  const [a, b] = packs as [Packed, Packed];
  const calls = [
    { exe: conv, packed: a, inputs: [0], output: 1 },
    { exe: conv, packed: b, inputs: [1], output: 2 },
    { exe: sum, packed: null, inputs: [2, 0], output: 1 },
    { exe: half, packed: null, inputs: [1], output: 4 },
  ];
  const workspace = conv.workspace > 0 ? backend.alloc([conv.workspace]) : null;
  const release = () => {
    for (const item of [conv, sum, half, ...packs]) backend.release(item);
    if (workspace) backend.free(workspace);
  };
  return { calls, workspace, release };
}

/** Once by dispatches, then by one sequence: on these buffers, on others, and on these with new values. */
export async function sequences(backend: Backend, problem: (message: string) => void): Promise<void> {
  if (!backend.sequence || !backend.runSequence) return;
  const { calls, workspace, release } = chain(backend);
  const sequence = backend.sequence(calls);
  const sets = [buffersFor(backend), buffersFor(backend)];
  for (const [round, i] of [0, 1, 0].entries()) {
    const buffers = sets[i] ?? [];
    const x = new Random(`sequence ${round}`).uniform(sizeOf(SHAPE), -1, 1);
    const [input, last] = [buffers[0], buffers[4]];
    if (!input || !last) throw new RangeError(`There is no set of buffers ${i}.`);
    backend.write(input, x, SHAPE);
    for (const { exe, packed, inputs, output } of calls)
      backend.dispatch(
        exe,
        packed,
        inputs.map((place) => bufferAt(buffers, place)),
        bufferAt(buffers, output),
        workspace,
      );
    const expected = await readBack(backend, last, SHAPE);
    backend.write(last, new Float32Array(sizeOf(SHAPE)).fill(Number.NaN), SHAPE);
    backend.runSequence(sequence, buffers, workspace);
    const found = await readBack(backend, last, SHAPE);
    const at = found.findIndex((value, j) => value !== expected[j]);
    if (at >= 0) problem(`Run ${round}: element ${at} is ${found[at]}, by dispatches ${expected[at]}.`);
  }
  for (const buffer of sets.flat()) if (buffer) backend.free(buffer);
  backend.release(sequence);
  release();
}

/** What no sequence may run on: too small a buffer, none at all, and what it was made of being gone is for the caller to know. */
export async function sequenceRefusals(backend: Backend, problem: (message: string) => void): Promise<void> {
  if (!backend.sequence || !backend.runSequence) return;
  const exe = backend.prepare({ kind: "unary", fn: fn("affine", 2, 0) }, [[8]]);
  const calls = [{ exe, packed: null, inputs: [0], output: 1 }];
  const sequence = backend.sequence(calls);
  const [fits, small] = [filledBuffer(backend, [8], new Float32Array(8)), backend.alloc([4])];
  const refused = (buffers: readonly (DeviceBuffer | undefined)[]): boolean => {
    try {
      backend.runSequence?.(sequence, buffers, null);
      return false;
    } catch {
      return true;
    }
  };
  if (!refused([fits, small])) problem("A sequence ran on a buffer that is too small.");
  if (!refused([fits])) problem("A sequence ran without a buffer that a call names.");
  backend.release(sequence);
  if (!refused([fits, fits])) problem("A released sequence ran.");
  for (const buffer of [fits, small]) backend.free(buffer);
  backend.release(exe);
}

/** With a gap: no call names buffer 3. */
function buffersFor(backend: Backend): (DeviceBuffer | undefined)[] {
  return Array.from({ length: COUNT }, (_, i) => (i === 3 ? undefined : backend.alloc(SHAPE)));
}

function bufferAt(buffers: readonly (DeviceBuffer | undefined)[], place: number): DeviceBuffer {
  const buffer = buffers[place];
  if (!buffer) throw new RangeError(`There is no buffer ${place}.`);
  return buffer;
}
