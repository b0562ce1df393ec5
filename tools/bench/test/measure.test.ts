import { expect, test } from "vitest";
import type { Contestant } from "../src/contestants/contestant.ts";
import { measure, type Settings } from "../src/measure/protocol.ts";
import { quantile, summarize } from "../src/measure/statistics.ts";
import { referenceFor } from "../src/reference/choose.ts";
import { computeReference } from "../src/reference/compare.ts";
import { makeTask } from "../src/workloads/task.ts";
import { WORKLOADS, type Workload } from "../src/workloads/workload.ts";

const settings: Settings = { rounds: 6, sampleMs: 0.01, warmMinMs: 0, warmMaxMs: 5, budgetMs: 1000 };
const workload = WORKLOADS.find(({ name }) => name === "depthwise 1D T64 C16 k3") as Workload;

test("quantiles are numpy's", () => {
  expect(quantile([3, 1, 2, 4], 0.5)).toBe(2.5);
  expect(quantile([10, 20, 30], 0.05)).toBeCloseTo(11);
  expect(quantile([7], 0.95)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
  const samples = Array.from({ length: 101 }, (_, i) => 100 - i);
  expect(summarize(samples)).toEqual({ medianMs: 50, p5Ms: 5, p95Ms: 95 });
  expect(samples[0]).toBe(100);
});

test("contestants take turns, are compared, and are freed", async () => {
  const log: string[] = [];
  const expected = Float32Array.from(expectedValues());
  const wrong = expected.slice();
  wrong[5] = (wrong[5] ?? 0) + 1e-3;
  const { rows, failures } = await measure(
    workload,
    [fake("right", expected, log), fake("wrong", wrong, log), broken("broken"), breaking("breaking", expected, log)],
    settings,
    () => undefined,
  );
  expect(failures).toEqual([
    { workload: workload.name, contestant: "broken", reason: "no kernel" },
    { workload: workload.name, contestant: "breaking", reason: "context lost" },
  ]);
  expect(rows.map(({ contestant, agrees }) => [contestant, agrees])).toEqual([
    ["right", true],
    ["wrong", false],
  ]);
  for (const row of rows) {
    expect(row).toMatchObject({
      workload: workload.name,
      runtime: "node",
      threads: 1,
      runs: settings.rounds,
      reference: "float64 loops",
    });
    expect(row.p5Ms).toBeLessThanOrEqual(row.medianMs);
    expect(row.medianMs).toBeLessThanOrEqual(row.p95Ms);
  }
  expect(rows[1]?.maxError).toBeCloseTo(1e-3, 5);
  expect(log.filter((entry) => entry.startsWith("dispose"))).toEqual([
    "dispose right",
    "dispose wrong",
    "dispose breaking",
  ]);
  const turns = log.filter((entry) => entry.startsWith("activate")).slice(-2 - 2 * settings.rounds, -2);
  expect(turns.filter((entry) => entry === "activate right")).toHaveLength(settings.rounds);
  // The first of a round moves on, over the three that could be prepared.
  const firsts = turns.filter((_, i) => i % 2 === 0);
  expect(firsts.filter((entry) => entry === "activate right")).toHaveLength((2 * settings.rounds) / 3);
});

test("who declines a workload is named with the reason; what runs elsewhere holds its own clock", async () => {
  const expected = Float32Array.from(expectedValues());
  const declining: Contestant = { ...fake("declining", expected, []), declines: ({ kind }) => `no ${kind}s today` };
  const elsewhere: Contestant = {
    ...fake("elsewhere", expected, []),
    prepare: async (task) => ({
      ...(await fake("elsewhere", expected, []).prepare(task)),
      time: async (calls) => 3 * calls,
    }),
  };
  const { rows, failures } = await measure(workload, [declining, elsewhere], settings, () => undefined);
  expect(failures).toEqual([{ workload: workload.name, contestant: "declining", reason: "no layers today" }]);
  expect(rows).toMatchObject([{ contestant: "elsewhere", medianMs: 3, runs: settings.rounds }]);
  const short = await measure(workload, [elsewhere], { ...settings, rounds: 30, budgetMs: 30 }, () => undefined);
  expect(short.rows).toMatchObject([{ runs: 10 }]);
  const shortest = await measure(workload, [elsewhere], { ...settings, rounds: 30, budgetMs: 1 }, () => undefined);
  expect(shortest.rows).toMatchObject([{ runs: 3 }]);
});

test("a graph that is too large for loops is compared with onnxruntime-node, where that takes part", async () => {
  const task = makeTask(workload);
  const expected = Float32Array.from(expectedValues());
  const substitute = fake("onnxruntime-node", expected, []);
  expect((await referenceFor(task, [substitute])).source).toBe("float64 loops");
  const large = {
    ...task,
    graph: { ...task.graph, nodes: task.graph.nodes.map((node) => ({ ...node, shape: [1, 1e8, 16] })) },
  };
  const reference = await referenceFor(large, [substitute]);
  expect(reference.source).toBe("onnxruntime-node");
  expect([...reference.values]).toEqual([...expected]);
});

test("a sample that was interrupted is taken again", async () => {
  const expected = Float32Array.from(expectedValues());
  let asked = 0;
  // Every second sample: the count has moved when it is asked after the first, third… sample.
  const interruptions = () => Math.floor((++asked + 2) / 4);
  const { rows } = await measure(workload, [fake("one", expected, [])], settings, () => undefined, interruptions);
  expect(rows[0]?.runs).toBe(settings.rounds);
  expect(asked).toBeGreaterThan(2 * settings.rounds);
});

function expectedValues(): Float64Array {
  const { graph, operands } = makeTask(workload);
  return Float64Array.from(computeReference(graph, operands.input).values);
}

function fake(name: string, output: Float32Array, log: string[]): Contestant {
  return {
    name,
    runtime: "node",
    threads: 1,
    prepare: async () => ({
      activate: async () => void log.push(`activate ${name}`),
      run: () => undefined,
      consume: () => output[0] ?? 0,
      output: async () => output,
      dispose: async () => void log.push(`dispose ${name}`),
    }),
  };
}

function broken(name: string): Contestant {
  return { name, runtime: "node", threads: 1, prepare: () => Promise.reject(new Error("no kernel")) };
}

/** Computes the right thing once and fails when it is timed. */
function breaking(name: string, output: Float32Array, log: string[]): Contestant {
  let runs = 0;
  return {
    name,
    runtime: "node",
    threads: 1,
    prepare: async () => ({
      run: () => {
        if (runs++ > 0) throw new Error("context lost");
      },
      consume: () => 0,
      output: async () => output,
      dispose: async () => void log.push(`dispose ${name}`),
    }),
  };
}
