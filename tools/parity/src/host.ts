/** Where a backend runs: this process, or a page in a browser. Both replay lists of cases and report each result as it comes. */
import type { BackendName } from "./backend-name.ts";
import type { Engine, EngineStatus } from "./replay/engine.ts";
import { modesOf, replayCase } from "./replay/replay.ts";
import type { CaseResult, Mode } from "./replay/result.ts";
import type { Suite } from "./suite/load.ts";
import type { Case } from "./suite/manifest.ts";

export interface Assignment {
  readonly suite: Suite;
  readonly cases: readonly Case[];
  readonly modes: readonly Mode[];
}

export interface Host {
  /** Starts the backend; a host that is not available is not asked to replay. */
  start(): Promise<EngineStatus>;
  /** One result for each mode that each case has, in order, whatever happens. */
  replay(work: Assignment, onResult: (result: CaseResult) => void): Promise<void>;
  close(): Promise<void>;
}

/** Makes the host of a backend, by the backend's name without what follows its colons. */
export type Hosts = Readonly<Record<string, (name: BackendName) => Host>>;

/** Replays in this process. `label` names the backend in results where it is not the one that runs. */
export class LocalHost implements Host {
  readonly #engine: Engine;
  readonly #backend: string;
  readonly #label: string;

  constructor(engine: Engine, backend: string, label = backend) {
    this.#engine = engine;
    this.#backend = backend;
    this.#label = label;
  }

  start(): Promise<EngineStatus> {
    return this.#engine.start(this.#backend);
  }

  async replay({ suite, cases, modes }: Assignment, onResult: (result: CaseResult) => void): Promise<void> {
    for (const item of cases) {
      for (const mode of modesOf(item, modes)) {
        onResult(
          await replayCase(this.#engine, { suite: suite.name, item, arrays: suite.arrays, backend: this.#label }, mode),
        );
      }
      // Lets progress be drawn, and an interrupt be heard, between cases that never wait.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async close(): Promise<void> {}
}
