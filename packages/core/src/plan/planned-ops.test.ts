/** Ops are listed as a plan would run them, without a backend, and each with what its judge says. */
import "@tensorflow/tfjs-backend-cpu";
import { memory } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Activation, BatchNormalization, Conv1D, Dense, GlobalAveragePooling1D } from "../layers/classes.ts";
import { Input } from "../layers/input-layer.ts";
import { Sequential } from "../models/sequential.ts";
import type { Op } from "../op/op.ts";
import { type OpJudge, plannedOps } from "./planned-ops.ts";

function model(): Sequential {
  return new Sequential({
    layers: [
      Input({ shape: [null, 3] }),
      new Sequential({ layers: [new Conv1D({ filters: 4, kernelSize: 3, name: "conv" })], name: "block" }),
      new BatchNormalization({ name: "norm" }),
      new Activation({ activation: "relu", name: "relu" }),
      new GlobalAveragePooling1D({ name: "pool" }),
      new Dense({ units: 2, name: "dense" }),
    ],
    name: "net",
  });
}

const fine = { unsupported: () => null };

test("ops are fused as in a plan, and named after their layers", () => {
  const net = model();
  const ops = plannedOps(net, fine, { inputShapes: [[1, 40, 3]] });
  const steps = ops.filter(({ onWeights, op: { kind } }) => !onWeights && kind !== "reshape");
  expect(ops.filter(({ onWeights }) => onWeights)).not.toEqual([]);
  expect(steps.map(({ layer, op: { kind }, inputs }) => [layer, kind, inputs[0]])).toEqual([
    ["net/block/conv", "conv", [1, 40, 3]],
    ["net/pool", "reduce", [1, 38, 4]],
    ["net/dense", "conv", [1, 1, 4]],
  ]);
  net.dispose();
});

test("the judge is asked of what is fused, and its reasons are kept", () => {
  const net = model();
  const asked: Op["kind"][] = [];
  const judge: OpJudge = {
    unsupported({ kind }, [x]) {
      asked.push(kind);
      return kind === "reduce" ? `too long: ${x?.[1]}` : null;
    },
  };
  const refused = plannedOps(net, judge, { inputShapes: [[2, 100, 3]] }).filter(({ unsupported }) => unsupported);
  expect(refused).toMatchObject([{ layer: "net/pool", op: { kind: "reduce" }, unsupported: "too long: 98" }]);
  expect(asked).toContain("conv");
  net.dispose();
});

test("an output that is an input is copied, as in a plan", () => {
  const layer = new Activation({ activation: "linear" });
  expect(plannedOps(layer, fine, { inputShapes: [[1, 3]] })).toMatchObject([{ op: { kind: "reshape" }, layer: "" }]);
});

test("nothing stays, and what cannot be traced is refused as by plan", () => {
  const net = model();
  const before = memory().numTensors;
  plannedOps(net, fine, { inputShapes: [[1, 40, 3]] });
  expect(memory().numTensors).toBe(before);
  expect(() => plannedOps(net, fine)).toThrow(/needs inputShapes/);
  expect(() => plannedOps(net, fine, { shapes: [[1]] } as never)).toThrow(/plannedOps.*shapes/);
  net.dispose();
});
