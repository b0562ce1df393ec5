/** One case through every mode it has on one backend: dispatches by kind, and turns what is thrown into a result. */
import type { Arrays } from "../suite/arrays.ts";
import { type Case, groupOf } from "../suite/manifest.ts";
import type { Engine, Memory } from "./engine.ts";
import { layerCaseHasMode, replayLayer } from "./replay-layer.ts";
import { isDescriptionOnly, modelCaseHasMode, replayModel } from "./replay-model.ts";
import { replayError, replayGeometry } from "./replay-shape.ts";
import { replayValue, valueCaseHasMode } from "./replay-value.ts";
import { type CaseResult, type Findings, fromFindings, type Head, type Mode, withoutNumbers } from "./result.ts";

/** The backend's name for cases that need none. */
export const NO_BACKEND = "-";

/** Whether a case is about shapes, arguments or JSON alone, so that it is replayed once, in Node, under `eager`. */
export function needsNoBackend(item: Case): boolean {
  if (item.kind === "model") return isDescriptionOnly(item);
  return item.kind === "geometry" || (item.kind === "error" && item.stage !== "call");
}

/** The modes of `wanted` that a case says something about. */
export function modesOf(item: Case, wanted: readonly Mode[]): Mode[] {
  return wanted.filter((mode) => {
    if (item.kind === "layer") return layerCaseHasMode(item, mode);
    if (item.kind === "value") return valueCaseHasMode(item, mode);
    if (item.kind === "model") return modelCaseHasMode(item, mode);
    return mode === "eager";
  });
}

export interface Job {
  readonly suite: string;
  readonly item: Case;
  readonly arrays: Arrays;
  readonly backend: string;
}

export function headOf({ suite, item, backend }: Omit<Job, "arrays">, mode: Mode): Head {
  return { suite, id: item.id, kind: item.kind, group: groupOf(item), backend, mode };
}

/** Never throws: what goes wrong is a result. */
export async function replayCase(engine: Engine, job: Job, mode: Mode): Promise<CaseResult> {
  const head = headOf(job, mode);
  const reason = notSupported(engine, job.item);
  if (reason !== null) return withoutNumbers(head, "refused", reason);
  try {
    engine.reset();
    const before = engine.memory();
    const findings = await run(engine, job, mode);
    const leak = grown(before, engine.memory());
    const result = fromFindings(head, findings);
    if (leak === null) return result;
    return { ...result, status: "failed", message: [leak, ...(result.message ? [result.message] : [])].join("\n") };
  } catch (error) {
    const refusal = engine.classify(error);
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return withoutNumbers(head, refusal === "unsupported" ? "refused" : "failed", text);
  }
}

async function run(engine: Engine, { item, arrays }: Job, mode: Mode): Promise<Findings> {
  if (item.kind === "layer") return replayLayer(engine, item, arrays, mode);
  if (item.kind === "value") return replayValue(engine, item, arrays, mode);
  if (item.kind === "model") return replayModel(engine, item, arrays, mode);
  if (item.kind === "geometry") return replayGeometry(engine, item);
  if (item.kind === "error") return replayError(engine, item);
  throw new Error(`kind ${item.kind} has no replay`);
}

/** What this version reads but does not replay. */
function notSupported(engine: Engine, item: Case): string | null {
  if (item.kind === "training") return `cases of kind "training" are not replayed by this version`;
  if (item.kind === "model" && item.text === undefined)
    return `saved models are not replayed by this version. Received: model="${item.model}"`;
  if (item.kind === "value" && !engine.sorts.includes(item.sort))
    return `values of sort "${item.sort}" are not replayed by this version`;
  if (item.kind === "error" && item.stage === "fit") return `refusals at stage "fit" are not replayed by this version`;
  if (item.kind === "error" && item.stage === "load" && !item.document)
    return "refusals of files other than .json are not replayed by this version";
  return null;
}

function grown(before: Memory, after: Memory): string | null {
  const more = Object.keys(after).flatMap((name) => {
    const difference = (after[name] ?? 0) - (before[name] ?? 0);
    return difference === 0 ? [] : [`${name} ${difference > 0 ? "+" : ""}${difference}`];
  });
  return more.length === 0 ? null : `memory is not back to where it was: ${more.join(", ")}`;
}
