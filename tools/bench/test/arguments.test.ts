import { expect, test } from "vitest";
import { PARTS, parseArguments as parse, UsageError } from "../src/arguments.ts";
import { PEERS } from "../src/contestants/names.ts";
import { WORKLOADS } from "../src/workloads/workload.ts";

const parseArguments = (args: string[], environment: Record<string, string> = {}) => parse(args, environment);
const NODE_PEERS = ["onnxruntime-web", "tfjs-wasm", "jax-js", "tfjs-cpu", "onnxruntime-node"];

test("without arguments: every workload, every peer of Node", () => {
  const { workloads, parts, peers, json, html, browser, quick } = parseArguments([]);
  expect(workloads).toEqual(WORKLOADS);
  expect(peers).toEqual(NODE_PEERS);
  expect([json, html, browser, quick]).toEqual(["reports/bench.json", "reports/bench.html", false, false]);
  expect(parts).toEqual(PARTS);
});

test("--workload takes a name, its plain spelling, a part of it, and more than one", () => {
  const names = (...args: string[]) => parseArguments(args).workloads.map(({ name }) => name);
  for (const { name } of WORKLOADS) expect(names("--workload", name)).toEqual([name]);
  expect(names("--workload", "separable 2d 56x56 128->128 k3")).toEqual(["separable 2D 56×56 128→128 k3"]);
  expect(names("--workload=128 k3 stride 2")).toEqual(["depthwise 2D 56×56×128 k3 stride 2"]);
  expect(names("--workload", "separable")).toHaveLength(3);
  expect(names("--workload", "k31", "--workload", "240 k5")).toHaveLength(2);
  expect(names("--batch", "4", "--workload", "MobileNetV2")).toEqual(["MobileNetV2 224×224, batch 4"]);
});

test("--peers chooses; one of the browser brings the browser", () => {
  expect(parseArguments(["--peers", "tfjs-wasm,onnxruntime-web"]).peers).toEqual(["onnxruntime-web", "tfjs-wasm"]);
  expect(parseArguments(["--peers", "none"]).peers).toEqual([]);
  expect(parseArguments(["--peers", "tfjs-webgl"])).toMatchObject({ peers: ["tfjs-webgl"], browser: true });
  expect(parseArguments(["--browser", "--python", "python3"]).peers).toEqual(PEERS.map(({ name }) => name));
  expect(parseArguments([], { KERAS_PYTHON: "python3" })).toMatchObject({
    python: "python3",
    peers: PEERS.filter(({ runtime }) => runtime === "node").map(({ name }) => name),
  });
});

test("a part of the run, or a look, writes no report and times the table alone, unless told", () => {
  for (const args of [["--quick"], ["--workload", "k31"], ["--batch", "8"]])
    expect(parseArguments(args)).toMatchObject({ parts: ["rows"], json: null, html: null });
  const look = parseArguments(["--quick"]);
  expect(look.peers).toEqual(["onnxruntime-web", "tfjs-wasm", "onnxruntime-node"]);
  expect(look.workloads.every(({ batch }) => batch === 1)).toBe(true);
  expect(parseArguments(["--quick", "--workload", "batch 8", "--peers", "jax-js"])).toMatchObject({
    peers: ["jax-js"],
  });
  expect(parseArguments(["--quick", "--parts", "bytes,start", "--html", "x.html"])).toMatchObject({
    parts: ["start", "bytes"],
    html: "x.html",
  });
  expect(parseArguments(["--peers", "none"])).toMatchObject({ parts: PARTS, json: null });
});

test.each([
  [["--parts", "row"], /no such part.*row.*rows, sweeps/s],
  [["--workload", "conv 7D"], /no such workload.*conv 7D.*depthwise 1D T64 C16 k3/s],
  [["--peers", "tfjs-wasm,torch"], /no such peer.*torch.*onnxruntime-web, tfjs-wasm/s],
  [["--jsn"], /no such argument.*--jsn.*Usage/s],
  [["--batch", "0"], /--batch takes a positive integer.*0/],
  [["--json"], /--json needs a value/],
  [["--json", "--quick"], /--json needs a value.*--quick/s],
])("%j is refused with what there is", (args, message) => {
  expect(() => parseArguments(args)).toThrow(UsageError);
  expect(() => parseArguments(args)).toThrow(message);
});
