/** The cases themselves: names that tell them apart, every op kind. */
import { type OpKind, outputShape, sizeOf } from "@keras-ts/core";
import { describe, expect, it } from "vitest";
import { operandsOf } from "../src/cases/op-case.ts";
import { expectationOf } from "../src/run/run-case.ts";
import { DEFAULT_SEED, families, groupsOf } from "../src/run.ts";
import { compare } from "../src/tolerance.ts";

const tests = groupsOf().flatMap((group) => group.tests);
const cases = families.flatMap((family) => family.cases.map((c) => ({ ...c, name: `${family.name}/${c.name}` })));

it("names every test once", () => {
  const names = tests.map(({ name }) => name);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

it("has every op kind", () => {
  const kinds: Record<OpKind, true> = {
    conv: true,
    conv_transpose: true,
    separable: true,
    conv_filter_grad: true,
    unary: true,
    unary_grad: true,
    binary: true,
    elementwise: true,
    reduce: true,
    softmax: true,
    sparsemax: true,
    sparsemax_grad: true,
    transpose: true,
    reshape: true,
    broadcast: true,
    slice: true,
    pad: true,
    pool: true,
    pool_grad: true,
    resample: true,
    select: true,
    gather: true,
    gather_grad: true,
    concat: true,
  };
  expect([...new Set(cases.map(({ op }) => op.kind))].sort()).toEqual(Object.keys(kinds).sort());
});

it("makes the same numbers for the same name", () => {
  const [c] = cases;
  if (c) expect(operandsOf(c)).toEqual(operandsOf({ ...c }));
});

it("puts the seed in the names of the fuzz", () => {
  const fuzz = groupsOf({ seed: 5, fuzz: 3 }).find(({ name }) => name === "fuzz");
  expect(fuzz?.tests.map(({ name }) => name.startsWith("fuzz/seed 5 number "))).toEqual([true, true, true]);
  expect(groupsOf({ fuzz: 1 }).find(({ name }) => name === "fuzz")?.tests[0]?.name).toContain(`seed ${DEFAULT_SEED}`);
});

describe("expectations", () => {
  it("have the op's shape, and are met by their float32 rounding", () => {
    for (const c of cases.filter(({ name }) => !name.startsWith("large/"))) {
      const e = expectationOf(c);
      expect(e.values.length, c.name).toBe(sizeOf(outputShape(c.op, c.inputs)));
      expect(compare(Float32Array.from(e.values), e.values, e.rounding).agree, c.name).toBe(true);
    }
  });
});
