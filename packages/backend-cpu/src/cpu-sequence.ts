/** Executables in a row, recorded as one list of kernel calls whose operands get their addresses at each run. */
import type { Sequence } from "@keras-ts/core";
import { CallList, FIRST_PLACE, WORKSPACE_PLACE } from "./call-list.ts";
import type { CpuExecutable, Engine } from "./cpu-executable.ts";
import type { Heap } from "./heap.ts";

/** A call whose weights have been found. */
interface RecordedCall {
  readonly exe: CpuExecutable;
  /** Their address; 0 for none. */
  readonly weights: number;
  readonly inputs: readonly number[];
  readonly output: number;
}

export class CpuSequence implements Sequence {
  readonly calls: number;
  readonly heap: Heap;
  readonly list = new CallList();
  /** Elements of scratch space for the call that needs most. */
  readonly workspace: number;
  /** Elements that each buffer must have; undefined where no call names it. */
  readonly sizes: readonly (number | undefined)[];
  freed = false;

  constructor({ heap }: Engine, calls: readonly RecordedCall[]) {
    const sizes: (number | undefined)[] = [];
    const place = (buffer: number, size: number): number => {
      while (sizes.length < buffer) sizes.push(undefined); // no holes: they make a list slow
      sizes[buffer] = Math.max(sizes[buffer] ?? 0, size);
      return FIRST_PLACE + buffer;
    };
    for (const { exe, weights, inputs, output } of calls) {
      if (inputs.length < exe.inputSizes.length)
        throw new RangeError(`${exe.kernel} needs ${exe.inputSizes.length} inputs. Received: ${inputs.length}.`);
      exe.record(this.list, {
        output: place(output, exe.outputSize),
        weights,
        workspace: WORKSPACE_PLACE,
        inputs: exe.inputSizes.map((size, i) => place(inputs[i] ?? 0, size)),
      });
    }
    this.calls = calls.length;
    this.heap = heap;
    this.workspace = Math.max(0, ...calls.map(({ exe }) => exe.workspace));
    this.sizes = sizes;
    this.list.place(heap, sizes.length);
  }

  free(): void {
    this.list.free(this.heap);
  }
}
