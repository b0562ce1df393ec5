/** `@keras-ts/parity` as a library: read suites, replay them, report. The command is `cli.ts`. */

export type { BackendName, CpuVariant } from "./backend-name.ts";
export type { Assignment, Host, Hosts } from "./host.ts";
export { defaultHosts } from "./hosts.ts";
export type { EngineStatus } from "./replay/engine.ts";
export type { Picture } from "./replay/picture.ts";
export { type CaseResult, type JsonNumber, MODES, type Mode, type NonFinite, type Status } from "./replay/result.ts";
export { toHtml } from "./report/html.ts";
export {
  type BackendSummary,
  exitStatus,
  type Report,
  type SuiteSummary,
  type Totals,
  toJson,
} from "./report/report.ts";
export { toTable } from "./report/table.ts";
export { type ParityOptions, type Progress, runParity } from "./run.ts";
export { loadSuites, type Suite } from "./suite/load.ts";
export type {
  Case,
  ErrorCase,
  Generator,
  GeometryCase,
  GradientRefs,
  Json,
  JsonObject,
  LayerCase,
  ValueCase,
} from "./suite/manifest.ts";
export type { NdArray } from "./suite/nd-array.ts";
export { readNpy } from "./suite/npy.ts";
export { SuiteError } from "./suite/validate.ts";
export { UsageError } from "./usage-error.ts";
