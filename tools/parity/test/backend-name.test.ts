import { describe, expect, it } from "vitest";
import { parseBackendName } from "../src/backend-name.ts";
import { UsageError } from "../src/usage-error.ts";

const KNOWN = ["cpu", "webgl"];

describe("a backend's name", () => {
  it.each([
    ["cpu", "cpu", {}],
    ["webgl", "webgl", {}],
    ["cpu:plain", "cpu:plain", { build: "plain" }],
    ["cpu:threads=04", "cpu:threads=4", { threads: 4 }],
    ["cpu:threads=2:relaxed", "cpu:relaxed:threads=2", { build: "relaxed", threads: 2 }],
  ])("%s", (text, name, variant) => {
    const [backend] = name.split(":");
    expect(parseBackendName(text, KNOWN)).toEqual({ name, backend, variant });
  });

  it.each([
    ["tpu", 'unknown backend "tpu"; known: cpu, webgl'],
    ["", 'unknown backend ""'],
    ["-", 'unknown backend "-"'],
    ["cpu:", 'unknown word "" after cpu; known: plain, relaxed, threads=N'],
    ["cpu:fast", 'unknown word "fast"'],
    ["cpu:threads", 'unknown word "threads"'],
    ["cpu:threads=0", 'unknown word "threads=0"'],
    ["cpu:threads=65", 'unknown word "threads=65"'],
    ["cpu:threads=1.5", 'unknown word "threads=1.5"'],
    ["cpu:plain:relaxed", '"relaxed" says again what another word said'],
    ["cpu:threads=2:threads=2", '"threads=2" says again'],
    ["webgl:plain", "webgl is started in one way only"],
  ])("refuses %j", (text, reason) => {
    expect(() => parseBackendName(text, KNOWN)).toThrow(UsageError);
    expect(() => parseBackendName(text, KNOWN)).toThrow(reason);
  });
});
