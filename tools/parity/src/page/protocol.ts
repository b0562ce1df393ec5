/** What the page offers to Node, and Node to the page: everything crosses as JSON text. */
import type { EngineStatus } from "../replay/engine.ts";
import type { CaseResult, Mode } from "../replay/result.ts";

export interface PageApi {
  start(backend: string): Promise<EngineStatus>;
  /** Replays the bundle at a path of the page's server, calling `kerasParityReport` for each result. */
  replay(path: string, backend: string, modes: readonly Mode[]): Promise<void>;
}

declare global {
  /** Set by the page's script. */
  var kerasParity: PageApi | undefined;
  /** Set by Node before the page's script runs. */
  var kerasParityReport: (result: CaseResult) => Promise<void>;
}
