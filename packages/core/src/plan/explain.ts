/** The table that `plan.explain()` prints. */
import type { Backend } from "../backend/backend.ts";
import { formatShape } from "../format.ts";
import type { Epilogue } from "../op/op.ts";
import { sizeOf } from "../op/output-shape.ts";
import { arenaBytes, type CompiledGraph } from "./compile.ts";

/** The text: a row a step, columns as wide as what is in them. `historyBytes`: what a stream keeps besides the arena. */
export function explainGraph(backend: Backend, graph: CompiledGraph, historyBytes = 0): string {
  const { steps, arena, statics, workspace } = graph;
  const header = ["step", "layer", "op", "kernel", "output shape", "bytes"];
  const rows = steps.map(({ exe, layer }, i) => {
    const { op } = exe;
    const fused =
      op.kind === "separable"
        ? `: depthwise${epilogueOf(op.depthwise)}, pointwise${epilogueOf(op.pointwise)}`
        : "activation" in op
          ? epilogueOf(op)
          : "";
    const functions =
      op.kind === "elementwise"
        ? op.steps
        : op.kind === "unary" || op.kind === "binary" || op.kind === "reduce"
          ? [op]
          : [];
    const detail = functions.map(({ fn }) => ` ${typeof fn === "string" ? fn : fn.name}`).join("");
    return [
      String(i),
      layer,
      `${op.kind}${detail}${fused}`,
      exe.kernel,
      formatShape(exe.outputShape),
      (4 * sizeOf(exe.outputShape)).toLocaleString("en"),
    ];
  });
  const widths = header.map((h, c) => Math.max(h.length, ...rows.map((row) => row[c]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => (c === 0 || c === 5 ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0)))
      .join("  ")
      .trimEnd();
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
  return [
    line(header),
    line(widths.map((w) => "─".repeat(w))),
    ...rows.map(line),
    `${steps.length} steps on ${backend.name}; arena ${kib(arenaBytes(arena) + historyBytes)}, packed weights ${kib(statics.packedBytes)}, workspace ${kib(4 * workspace)}`,
  ].join("\n");
}

function epilogueOf({ bias, residual, activation }: Epilogue): string {
  return [bias ? "+bias" : "", residual ? "+residual" : "", activation ? `+${activation.name}` : ""].join("");
}
