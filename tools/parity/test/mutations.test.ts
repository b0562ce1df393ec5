/** Proofs that the tool sees what it is there to see: one thing changed, the case named, exit status 1. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Alterations, Refused, Unsupported } from "./recalling-engine.ts";
import { copySuite, editManifest, editOutput, FIXTURES, runCommand } from "./suites.ts";

const SUITE = "depthwise-conv1d";
const original = [copySuite(SUITE)];
const ID = "depthwise_conv1d/pairwise/000";

it("an untouched suite agrees", async () => {
  const { status, out } = await runCommand([...original, "--backend", "cpu"], original);
  expect(out).toMatch(/\d+ replays of \d+ cases: \d+ agree\n$/);
  expect(status).toBe(0);
});

describe("a changed array", () => {
  it.each([
    ["one value off by 2e-5 of itself", (values: Float32Array) => (values[3] = (values[3] ?? 0) * 1.00002 + 1e-5)],
    ["one NaN", (values: Float32Array) => (values[0] = Number.NaN)],
    ["one infinity", (values: Float32Array) => (values[5] = Infinity)],
    ["two values swapped", (values: Float32Array) => values.set([values[1] ?? 0, values[0] ?? 0])],
    ["one sign", (values: Float32Array) => (values[2] = -(values[2] ?? 0))],
  ])("%s", async (_, change) => {
    const folder = copySuite(SUITE);
    editOutput(folder, ID, (values) => {
      change(values);
      return undefined;
    });
    const { status, out } = await runCommand([folder, "--backend", "cpu"], original);
    expect(out).toContain(`differ  ${SUITE}: ${ID}  cpu eager, cpu gradient, cpu plan`);
    expect(out).toMatch(/: \d+ agree, 3 differ\n$/);
    expect(status).toBe(1);
  });
});

describe("a changed description", () => {
  const change = async (edit: (item: Record<string, unknown>) => void) => {
    const folder = copySuite(SUITE);
    editManifest(folder, ({ cases }) => edit(cases.find(({ id }) => id === ID) ?? {}));
    return runCommand([folder, "--backend", "cpu", "--filter", ID], original);
  };
  it("another path of a weight", async () => {
    const { status, out } = await change((item) =>
      Object.assign(item, {
        weights: (item["weights"] as { path: string }[]).map((weight) => ({ ...weight, path: "depthwise_kernel" })),
      }),
    );
    expect(out).toMatch(/weights: expected depthwise_kernel \[.*\]; got kernel/);
    expect(status).toBe(1);
  });
  it("a loss too many", async () => {
    const { status, out } = await change((item) => Object.assign(item, { losses: [0.5] }));
    expect(out).toContain("losses: expected 1, got 0");
    expect(status).toBe(1);
  });
});

describe("a library that misbehaves", () => {
  const run = (alter: Alterations, argv: readonly string[] = [...original, "--backend", "cpu", "--filter", ID]) =>
    runCommand(argv, original, alter);

  it("serializes its keys in another order", async () => {
    const { status, out } = await run({
      serialize: (_, { class_name, ...rest }) => ({ ...rest, class_name: class_name ?? null }),
    });
    expect(out).toMatch(/serialize: order of keys: expected module, class_name/);
    expect(status).toBe(1);
  });
  it("computes another output shape", async () => {
    const { status, out } = await run({ outputShape: (_, shape) => shape.map((n) => (n === null ? 1 : n)) });
    expect(out).toMatch(/computeOutputShape: expected \[null, /);
    expect(status).toBe(1);
  });
  it("leaks tensors", async () => {
    const { status, out } = await run({ leak: 2 });
    expect(out).toContain("memory is not back to where it was: tensors +2");
    expect(out).toContain("failed  ");
    expect(status).toBe(1);
  });
  it("refuses what it cannot do", async () => {
    const { status, out } = await run({
      call: () => {
        throw new Unsupported("no dilation here");
      },
    });
    expect(out).toMatch(/3 refused\n$/);
    expect(out).toContain("no dilation here");
    expect(status).toBe(1);
  });
  it("throws", async () => {
    const { status, out } = await run({
      call: () => {
        throw new TypeError("oops");
      },
    });
    expect(out).toMatch(/3 failed\n$/);
    expect(out).toContain("TypeError: oops");
    expect(status).toBe(1);
  });
  it("gives an output of another shape", async () => {
    const { status, out } = await run({ output: (_, { data }) => ({ shape: [data.length], data }) });
    expect(out).toMatch(/output: expected shape \[.*\], got \[\d+\]|output: expected shape/);
    expect(status).toBe(1);
  });
});

describe("refusals", () => {
  const argv = [join(FIXTURES, "refusals"), "--backend", "cpu", "--filter", "depthwise_conv1d/construct/"];
  const run = (alter: Alterations) => runCommand(argv, [join(FIXTURES, "refusals")], alter);
  it("agree when the message mentions the values", async () => expect((await run({})).status).toBe(0));
  it("accepted instead", async () =>
    expect(await run({ refusal: () => null })).toMatchObject({
      status: 1,
      out: expect.stringContaining("accepted; Keras raises"),
    }));
  it("with another class of error", async () =>
    expect(await run({ refusal: () => new RangeError("kernel_size 0 {0} > 0") })).toMatchObject({
      status: 1,
      out: expect.stringContaining("raised RangeError at construct"),
    }));
  it("without the values", async () =>
    expect(await run({ refusal: () => new Refused("no") })).toMatchObject({
      status: 1,
      out: expect.stringContaining("the message does not mention"),
    }));
});

it("a backend asked for by name that cannot start exits 1; unasked it is only listed", async () => {
  expect(await runCommand([...original, "--filter", ID], original)).toMatchObject({
    status: 0,
    out: expect.stringContaining("webgl: unavailable: no browser here"),
  });
  expect((await runCommand([...original, "--filter", ID, "--backend", "cpu,webgl"], original)).status).toBe(1);
  expect((await runCommand([...original, "--filter", ID, "--backend", "webgl"], original)).status).toBe(1);
});
