/** Seeded defects: a suite that a broken backend passes proves nothing. Each row breaks one thing and says what must see it. */
import type { Backend, DeviceBuffer, Executable, Op, Packed, Shape } from "@keras-ts/core";
import "@tensorflow/tfjs-backend-cpu";
import { setBackend } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Failure } from "../src/run.ts";
import { format, runSuite } from "../src/run.ts";
import { SlowBackend, SlowBuffer, SlowPacked, valuesOf } from "./slow-backend.ts";

type Dispatch = [Executable, Packed | null, readonly DeviceBuffer[], DeviceBuffer, DeviceBuffer | null];

interface Defect {
  readonly name: string;
  readonly make: () => Backend;
  readonly groups: readonly string[];
  readonly check: Failure["check"];
}

/** Computes another op than it was asked for. */
function changing(change: (op: Op) => Op): () => Backend {
  return () =>
    new (class extends SlowBackend {
      override dispatch(...[exe, ...rest]: Dispatch): void {
        super.dispatch({ ...exe, op: change(exe.op) }, ...rest);
      }
    })();
}

/** Changes the output after the right dispatch. */
function spoiling(
  spoil: (output: Float32Array, exe: Executable, inputs: readonly Float32Array[]) => void,
): () => Backend {
  return () =>
    new (class extends SlowBackend {
      override dispatch(...args: Dispatch): void {
        super.dispatch(...args);
        const [exe, , inputs, output] = args;
        const values = inputs.map((buffer, i) => valuesOf(buffer, exe.inputShapes[i] ?? []));
        spoil(valuesOf(output, exe.outputShape), exe, values);
      }
    })();
}

const defects: readonly Defect[] = [
  {
    name: "padding on the wrong side",
    make: changing((op) =>
      op.kind === "conv" ? { ...op, padding: op.padding.map(([before, after]) => [after, before] as const) } : op,
    ),
    groups: ["conv"],
    check: "value",
  },
  {
    name: "stride where dilation belongs",
    make: changing((op) =>
      op.kind === "conv_filter_grad" ? { ...op, strides: op.dilation, dilation: op.strides } : op,
    ),
    groups: ["conv"],
    check: "value",
  },
  {
    name: "crop ignored",
    make: changing((op) => (op.kind === "conv_transpose" ? { ...op, crop: op.crop.map(() => 0) } : op)),
    groups: ["conv_transpose"],
    check: "value",
  },
  { name: "bias ignored", make: ignoringBias, groups: ["epilogue"], check: "value" },
  {
    name: "activation ignored",
    make: changing((op) => (op.kind === "conv" ? { ...op, activation: null } : op)),
    groups: ["epilogue"],
    check: "value",
  },
  {
    name: "keepdims with the mean of one too few",
    make: spoiling(
      (y, { op }) => op.kind === "reduce" && op.fn === "mean" && y.forEach((v, i) => y.fill(v * 1.00001, i, i + 1)),
    ),
    groups: ["reduce"],
    check: "value",
  },
  { name: "NaN through padding", make: spoiling(nanEverywhere), groups: ["special values"], check: "value" },
  {
    name: "last element of an odd size not written",
    make: spoiling((y) => y.length % 4 === 1 && y.fill(0, y.length - 1)),
    groups: ["tiles of element-wise and layout ops"],
    check: "value",
  },
  {
    name: "tanh by a rough polynomial",
    make: spoiling(
      (y, { op }) =>
        op.kind === "unary" && op.fn.name === "tanh" && y.forEach((v, i) => y.fill(v * (1 + 2e-6), i, i + 1)),
    ),
    groups: ["unary"],
    check: "value",
  },
  {
    name: "expm1 as exp − 1",
    make: spoiling(
      (y, { op }, [x]) =>
        op.kind === "unary" &&
        op.fn.name === "selu" &&
        x?.forEach((v, i) => v < 0 && y.fill(1.7580993 * Math.fround(Math.fround(Math.exp(v)) - 1), i, i + 1)),
    ),
    groups: ["unary"],
    check: "value",
  },
  {
    name: "maximum that drops NaN",
    make: spoiling(
      (y, { op }, [a]) =>
        op.kind === "binary" &&
        op.fn === "maximum" &&
        y.forEach((v, i) => Number.isNaN(v) && y.fill(a?.[i] ?? 0, i, i + 1)),
    ),
    groups: ["binary"],
    check: "value",
  },
  {
    name: "permutation inverted",
    make: changing((op) => (op.kind === "transpose" ? { ...op, perm: op.perm.map((_, i) => op.perm.indexOf(i)) } : op)),
    groups: ["transpose"],
    check: "value",
  },
  {
    name: "input overwritten",
    make: spoiling((_, __, [x]) => void x?.fill(7, 0, 1)),
    groups: ["binary"],
    check: "input changed",
  },
  { name: "buffer kept after free", make: leaking, groups: ["softmax"], check: "leak" },
  { name: "packed weights kept after release", make: leakingPacked, groups: ["conv grouped"], check: "leak" },
  {
    name: "strides taken from the buffer, not the op",
    make: usingBufferShape,
    groups: ["softmax"],
    check: "roomy buffers",
  },
  { name: "output accumulated into", make: accumulating, groups: ["conv grouped"], check: "value" },
  {
    name: "packed weights that point into the buffers",
    make: packingByReference,
    groups: ["conv grouped"],
    check: "value",
  },
  { name: "a sequence keeps its first buffers", make: sequenceOfFirstBuffers, groups: ["lifecycle"], check: "value" },
  { name: "a sequence looks at no buffer", make: sequenceOfAnyBuffers, groups: ["lifecycle"], check: "value" },
  { name: "one set of weights an executable", make: weightsInExecutable, groups: ["lifecycle"], check: "value" },
  { name: "an op refused", make: refusing, groups: ["sparsemax"], check: "refused" },
  {
    name: "an op that throws",
    make: changing((op) => {
      if (op.kind === "slice") throw new RangeError("no slice");
      return op;
    }),
    groups: ["reshape, broadcast, slice, concat"],
    check: "error",
  },
  {
    name: "a mean that counts the padding",
    make: spoiling(
      (y, { op }) =>
        op.kind === "pool" && op.fn === "mean" && (op.axes[0]?.before ?? 0) > 0 && y.fill((y[0] ?? 0) / 2, 0, 1),
    ),
    groups: ["pool"],
    check: "value",
  },
  {
    name: "adaptive windows one too short",
    make: changing((op) =>
      op.kind === "pool"
        ? { ...op, axes: op.axes.map((a) => (a.divisor > 1 ? { ...a, reach: a.reach - a.divisor + 1 } : a)) }
        : op,
    ),
    groups: ["pool"],
    check: "value",
  },
  {
    name: "a maximum's gradient to the last of equals",
    make: spoiling((dx, { op }) => op.kind === "pool_grad" && op.fn === "max" && dx.set(dx.slice().reverse())),
    groups: ["pool ties and specials"],
    check: "value",
  },
  {
    name: "taps of an earlier row where there are none",
    make: spoiling((y, { op }) => op.kind === "resample" && op.weights[0]?.length === 0 && y.fill(1, 0, 1)),
    groups: ["resample"],
    check: "value",
  },
  {
    name: "a NaN condition that chooses the second",
    make: spoiling(
      (y, { op }, [c, , b]) =>
        op.kind === "select" && c?.forEach((v, i) => Number.isNaN(v) && y.fill(b?.[i] ?? 0, i, i + 1)),
    ),
    groups: ["select"],
    check: "value",
  },
  {
    name: "an index outside the table taken for the last",
    make: spoiling((y, { op }) => op.kind === "gather" && y.forEach((v, i) => Number.isNaN(v) && y.fill(0, i, i + 1))),
    groups: ["gather"],
    check: "value",
  },
  {
    name: "padding with zeros only",
    make: changing((op) => (op.kind === "pad" ? { ...op, value: 0 } : op)),
    groups: ["pad"],
    check: "value",
  },
  { name: "results that drift", make: drifting, groups: ["lifecycle"], check: "value" },
  { name: "allocation error without a size", make: silentAllocation, groups: ["lifecycle"], check: "value" },
  { name: "buffers that survive dispose", make: survivingDispose, groups: ["lifecycle"], check: "value" },
  { name: "adopted buffers not taken over", make: keepingAdopted, groups: ["tfjs bridge"], check: "leak" },
  { name: "borrowed storage shared with an input", make: borrowingWrong, groups: ["tfjs bridge"], check: "value" },
];

beforeAll(() => setBackend("cpu"));

describe("the suite reports", () => {
  it.each(defects)("$name", async ({ make, groups, check }) => {
    const { failures } = await runSuite(make, { only: groups });
    expect(failures.map((failure) => failure.check)).toContain(check);
    expect(failures.length, "of one cause, so not everything fails").toBeLessThan(1000);
  });
});

it("names case, index, both values and tolerance", async () => {
  const broken = changing((op) =>
    op.kind === "conv"
      ? { ...op, bias: op.bias, strides: op.strides, padding: op.padding.map(() => [0, 0] as const) }
      : op,
  );
  const { failures } = await runSuite(broken, { only: ["conv depthwise"] });
  const [first] = failures;
  expect(first?.test).toMatch(/^conv depthwise\//);
  expect(format(failures)).toMatch(/differs at index \d+: expected -?[\d.e-]+, received (NaN|-?[\d.e-]+), tolerance/);
  expect(format(failures, 1)).toMatch(/and \d+ more: \d+ × /);
  expect(first?.comparison?.worstIndex).toBeGreaterThanOrEqual(0);
});

describe("skips", () => {
  const only = ["sparsemax"];
  const run = (tests: string[], make: () => Backend = refusing) =>
    runSuite(make, { only, skip: [{ reason: "no kernel yet", tests }] });

  it("hide what fails", async () => {
    const { failures, skipped } = await run(["sparsemax/*"]);
    expect(failures).toEqual([]);
    expect(skipped).toBeGreaterThan(10);
  });
  it("hide no more than they name", async () => {
    const { failures } = await run(["sparsemax/sparsemax of 4"]);
    expect(failures.map(({ test }) => test)).not.toContain("sparsemax/sparsemax of 4");
    expect(failures.map(({ test }) => test)).toContain("sparsemax/sparsemax of 5");
  });
  it("fail when the case passes", async () => {
    const { failures } = await run(["sparsemax/sparsemax of 4"], () => new SlowBackend());
    expect(format(failures)).toBe(
      "sparsemax/sparsemax of 4\n  skip: It is skipped (no kernel yet) but passes: remove the skip.",
    );
  });
  it("fail when they match nothing", async () => {
    const { failures } = await run(["sparsemax/*", "sparsemax of 4"]);
    expect(format(failures)).toBe(
      'skips\n  skip: The skip "sparsemax of 4" (no kernel yet) matches no test: remove it.',
    );
  });
  it("need a reason", async () => {
    await expect(runSuite(refusing, { only, skip: [{ reason: " ", tests: ["*"] }] })).rejects.toThrow(
      "A skip needs a reason.",
    );
  });
});

function ignoringBias(): Backend {
  return new (class extends SlowBackend {
    override pack(op: Op, weights: readonly DeviceBuffer[]): Packed {
      const packed = super.pack(op, weights);
      if (packed instanceof SlowPacked) packed.weights[1]?.fill(0);
      return packed;
    }
  })();
}

/** A kernel that multiplies the zeros of the padding: a NaN weight reaches all outputs. */
function nanEverywhere(output: Float32Array, { op }: Executable): void {
  if (op.kind === "conv" && output.some(Number.isNaN) && op.padding.some(([before]) => before > 0))
    output.fill(Number.NaN);
}

function leaking(): Backend {
  return new (class extends SlowBackend {
    override free(buffer: DeviceBuffer): void {
      if (buffer.shape[0] !== 2) super.free(buffer);
    }
  })();
}

function leakingPacked(): Backend {
  return new (class extends SlowBackend {
    override release(): void {}
  })();
}

function usingBufferShape(): Backend {
  return new (class extends SlowBackend {
    override dispatch(
      exe: Executable,
      packed: Packed | null,
      inputs: readonly DeviceBuffer[],
      output: DeviceBuffer,
    ): void {
      const inputShapes = inputs.map(({ shape }) => shape);
      super.dispatch({ ...exe, inputShapes, outputShape: output.shape }, packed, inputs, output, null);
    }
  })();
}

function accumulating(): Backend {
  return new (class extends SlowBackend {
    override dispatch(...args: Dispatch): void {
      const before = valuesOf(args[3], args[0].outputShape).slice();
      super.dispatch(...args);
      valuesOf(args[3], args[0].outputShape).forEach((v, i, y) => y.fill(v + Number(before[i]), i, i + 1));
    }
  })();
}

function packingByReference(): Backend {
  return new (class extends SlowBackend {
    override pack(_op: Op, weights: readonly DeviceBuffer[]): Packed {
      const packed = new SlowPacked(weights.map((w) => valuesOf(w, w.shape)));
      this.packs.add(packed);
      return packed;
    }
  })();
}

function weightsInExecutable(): Backend {
  return new (class extends SlowBackend {
    readonly first = new Map<Executable, Packed | null>();
    override dispatch(...[exe, packed, ...rest]: Dispatch): void {
      if (!this.first.has(exe)) this.first.set(exe, packed);
      super.dispatch(exe, this.first.get(exe) ?? null, ...rest);
    }
  })();
}

function sequenceOfFirstBuffers(): Backend {
  return new (class extends SlowBackend {
    first: readonly (DeviceBuffer | undefined)[] | null = null;
    override runSequence(...[sequence, buffers, workspace]: Parameters<SlowBackend["runSequence"]>): void {
      this.first ??= buffers;
      super.runSequence(sequence, this.first, workspace);
    }
  })();
}

function sequenceOfAnyBuffers(): Backend {
  return new (class extends SlowBackend {
    override runSequence(...args: Parameters<SlowBackend["runSequence"]>): void {
      try {
        super.runSequence(...args);
      } catch {
        // as a backend that does not look
      }
    }
  })();
}

function refusing(): Backend {
  return new (class extends SlowBackend {
    override unsupported(op: Op): string | null {
      return op.kind.startsWith("sparsemax") ? "there is no kernel for it" : null;
    }
  })();
}

function drifting(): Backend {
  let runs = 0;
  return spoiling((y) => {
    if (++runs > 900) y.fill(Number(y[0]) + 1e-3, 0, 1);
  })();
}

function silentAllocation(): Backend {
  return new (class extends SlowBackend {
    override alloc(shape: Shape): DeviceBuffer {
      if (shape[0] === 2 ** 20) throw new RangeError("Out of memory.");
      return super.alloc(shape);
    }
  })();
}

function survivingDispose(): Backend {
  return new (class extends SlowBackend {
    override dispose(): void {
      this.running = false;
    }
  })();
}

function keepingAdopted(): Backend {
  return new (class extends SlowBackend {
    override adopt(buffer: DeviceBuffer, shape: Shape) {
      const info = super.adopt(buffer, shape);
      this.buffers.add(buffer);
      return info;
    }
  })();
}

function borrowingWrong(): Backend {
  return new (class extends SlowBackend {
    override borrow(tensor: Parameters<Backend["borrow"]>[0]): DeviceBuffer {
      const buffer = super.borrow(tensor);
      if (buffer instanceof SlowBuffer) buffer.values.reverse();
      return buffer;
    }
  })();
}
