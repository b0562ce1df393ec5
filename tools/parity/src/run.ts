/** A whole replay: suites are read, backends are started, every case goes through every backend and mode it has. */
import { type BackendName, parseBackendName } from "./backend-name.ts";
import type { Host, Hosts } from "./host.ts";
import { NO_BACKEND, needsNoBackend } from "./replay/replay.ts";
import { type CaseResult, MODES, type Mode } from "./replay/result.ts";
import { type BackendSummary, type Report, totalsOf } from "./report/report.ts";
import { loadSuites, type Suite } from "./suite/load.ts";
import type { Case, Json } from "./suite/manifest.ts";
import { SuiteError } from "./suite/validate.ts";
import { VERSION_OF_TOOL } from "./version.ts";

export interface ParityOptions {
  /** Suites, or folders of suites. */
  readonly directories: readonly string[];
  /** `cpu`, `cpu:plain:threads=2`, `webgl`. Default: one of each host; those that cannot start are reported as unavailable. */
  readonly backends?: readonly string[];
  readonly modes?: readonly Mode[];
  /** Keeps the cases whose `suite/id` contains it. */
  readonly filter?: string;
  readonly onProgress?: (progress: Progress) => void;
  /** Where backends run, by name; `-` for what needs none: `defaultHosts()`. */
  readonly hosts: Hosts;
}

export interface Progress {
  readonly backend: string;
  readonly suite: string;
  /** Cases of this backend begun so far, and in all. */
  readonly done: number;
  readonly of: number;
  readonly result?: CaseResult;
}

/**
 * Replays and reports.
 * @throws UsageError where a backend's name means nothing, and SuiteError where a suite is broken or no case is left to replay.
 */
export async function runParity(options: ParityOptions): Promise<Report> {
  const { directories, filter = "", modes = MODES, hosts, onProgress = () => {} } = options;
  const known = Object.keys(hosts).filter((name) => name !== NO_BACKEND);
  const wanted = (options.backends ?? known).map((text) => parseBackendName(text, known));
  const suites = loadSuites(directories, filter);
  if (suites.every(({ cases }) => cases.length === 0)) {
    throw new SuiteError([
      `no case to replay in ${directories.join(", ")}${filter ? ` whose name contains "${filter}"` : ""}`,
    ]);
  }
  const cases: CaseResult[] = [];
  const backends: BackendSummary[] = [];
  const shapesOnly = modes.includes("eager") && suites.some((suite) => suite.cases.some(needsNoBackend));
  const none: BackendName = { name: NO_BACKEND, backend: NO_BACKEND, variant: {} };
  for (const entry of [...(shapesOnly ? [none] : []), ...wanted]) {
    const { name } = entry;
    const host = hosts[entry.backend]?.(entry);
    if (host === undefined) throw new TypeError(`hosts has none for "${name}".`);
    try {
      const { available, reason, detail = "" } = await host.start();
      if (name !== NO_BACKEND)
        backends.push(
          available
            ? { name, status: "available", detail }
            : { name, status: "unavailable", reason: reason ?? "unknown", detail },
        );
      // Shapes need no numbers, so they are asked for even where nothing can compute.
      if (available || name === NO_BACKEND) await replayAll(host, name, suites, modes, cases, onProgress);
    } finally {
      await host.close();
    }
  }
  return {
    version: VERSION_OF_TOOL,
    modes,
    suites: suites.map(({ name, generator, cases: { length } }) => ({ name, cases: length, generator })),
    backends,
    cases,
    totals: totalsOf(cases),
  };
}

async function replayAll(
  host: Host,
  backend: string,
  suites: readonly Suite[],
  modes: readonly Mode[],
  results: CaseResult[],
  onProgress: (progress: Progress) => void,
) {
  const work = suites.map((suite) => ({
    suite,
    cases: suite.cases.filter((item) => needsNoBackend(item) === (backend === NO_BACKEND)),
  }));
  const of = work.reduce((sum, { cases }) => sum + cases.length, 0);
  const seen = new Set<string>();
  const subjects = new Map<string, { suite: Suite; item: Case }>();
  for (const { suite, cases } of work)
    for (const item of cases) subjects.set(`${suite.name}/${item.id}`, { suite, item });
  for (const { suite, cases } of work) {
    if (cases.length === 0) continue;
    onProgress({ backend, suite: suite.name, done: seen.size, of });
    await host.replay({ suite, cases, modes: backend === NO_BACKEND ? ["eager"] : modes }, (result) => {
      const key = `${result.suite}/${result.id}`;
      seen.add(key);
      const subject = result.status === "agree" ? undefined : subjects.get(key);
      results.push(subject ? { ...result, subject: subjectOf(subject.item, subject.suite) } : result);
      onProgress({ backend, suite: suite.name, done: seen.size, of, result });
    });
  }
}

/** What was replayed, for a reader who looks for the reason. */
function subjectOf(item: Case, { arrays }: Suite): Json {
  const shapes = (files: readonly { readonly file: string }[]): Json =>
    files.map(({ file }) => arrays.get(file)?.shape ?? null);
  if (item.kind === "layer") return { layer: item.layer, inputs: shapes(item.inputs), training: item.training };
  if (item.kind === "model")
    return { model: item.text === undefined ? null : JSON.parse(item.text), inputs: shapes(item.inputs) };
  if (item.kind === "geometry") return { layer: item.layer, input_shape: item.input_shape };
  if (item.kind === "value")
    return { object: item.object, inputs: item.inputs.length > 0 ? shapes(item.inputs) : (item.shape ?? null) };
  if (item.kind === "error")
    return {
      target: item.target,
      stage: item.stage,
      input_shape: item.input_shape ?? null,
      mentions: item.mentions,
      message: item.message,
    };
  return null;
}
