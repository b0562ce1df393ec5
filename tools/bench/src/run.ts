/** Measures what was asked for, part by part, and gathers one result. */
import type { Arguments, Part } from "./arguments.ts";
import { openBrowser } from "./browser/host.ts";
import type { Contestant, Runtime } from "./contestants/contestant.ts";
import { inSweeps, isPlan, PEERS, startsInNode } from "./contestants/names.ts";
import { startInNode } from "./contestants/start-node.ts";
import { measureBytes } from "./fresh/bytes.ts";
import { measureFresh } from "./fresh/fresh.ts";
import { describeMachine, interruptions } from "./machine.ts";
import { messageOf } from "./measure/message.ts";
import { FULL, type Measured, measure, QUICK, type Settings, SWEEPING } from "./measure/protocol.ts";
import type { Progress } from "./progress.ts";
import type { ColdStart, Failure, PeakMemory, Result, Roofline, Row, ShippedBytes, SweepRow } from "./report/result.ts";
import { type Limits, larger } from "./roofline/limits.ts";
import { limitsOfMachine } from "./roofline/limits-of-machine.ts";
import { roofOf } from "./roofline/roofline.ts";
import { SWEEPS } from "./workloads/sweeps.ts";
import { makeTask } from "./workloads/task.ts";
import type { Workload } from "./workloads/workload.ts";

/** Fresh processes for each contestant's start. */
const STARTS = { full: 9, quick: 3 } as const;

/** What a run has gathered until now. */
class Gathering {
  readonly rows: Row[] = [];
  readonly sweeps: SweepRow[] = [];
  readonly coldStarts: ColdStart[] = [];
  readonly peakMemory: PeakMemory[] = [];
  readonly bytes: ShippedBytes[] = [];
  readonly failures: Failure[] = [];
  limits: Limits | null = null;
  machine = describeMachine();

  add({ rows, failures }: Measured): void {
    this.rows.push(...rows);
    this.failures.push(...failures);
  }

  unavailable(all: readonly { readonly name: string; readonly reason: string }[]): void {
    for (const { name, reason } of all) this.failures.push({ workload: "all workloads", contestant: name, reason });
  }
}

export async function run(wanted: Arguments, progress: Progress): Promise<Result> {
  const date = new Date().toISOString();
  const has = (part: Part): boolean => wanted.parts.includes(part);
  const gathered = new Gathering();
  if (has("rows") || has("sweeps")) await measureInNode(wanted, gathered, progress);
  if (has("rows") && wanted.browser) await measureInBrowser(wanted, gathered, progress);
  if (has("start")) {
    progress.start("cold start and memory");
    const names = [
      "keras-ts",
      ...PEERS.filter((peer) => startsInNode(peer) && wanted.peers.includes(peer.name)).map(({ name }) => name),
    ];
    const fresh = await measureFresh(names, wanted.quick ? STARTS.quick : STARTS.full, (text) => progress.detail(text));
    gathered.coldStarts.push(...fresh.coldStarts);
    gathered.peakMemory.push(...fresh.peakMemory);
    gathered.failures.push(...fresh.failures);
  }
  if (has("bytes")) {
    progress.start("bytes shipped");
    const { bytes, failures } = await measureBytes();
    gathered.bytes.push(...bytes);
    gathered.failures.push(...failures);
  }
  progress.end();
  const { machine, rows, limits, sweeps, coldStarts, peakMemory, bytes, failures } = gathered;
  const rooflines = limits ? rooflinesOf(wanted.workloads, rows, limits) : [];
  const node = process.versions.node;
  return {
    machine,
    node,
    date,
    quick: wanted.quick,
    rows,
    limits,
    rooflines,
    sweeps,
    coldStarts,
    peakMemory,
    bytes,
    failures,
  };
}

async function measureInNode(wanted: Arguments, gathered: Gathering, progress: Progress): Promise<void> {
  const { contestants, unavailable } = await startInNode({
    names: wanted.peers,
    named: wanted.peersNamed,
    python: wanted.python,
    threads: wanted.threads,
  });
  gathered.unavailable(unavailable);
  try {
    if (wanted.parts.includes("rows")) {
      progress.start("limits of the machine");
      gathered.limits = await limitsOfMachine();
      const settings = wanted.quick ? QUICK.node : FULL.node;
      const place = inThisProcess(contestants, progress);
      await measureRows("node", wanted.workloads, (workload) => place(workload, settings), gathered, progress);
      // Again, for the case that something else ran the first time.
      gathered.limits = larger(gathered.limits, await limitsOfMachine());
    }
    if (wanted.parts.includes("sweeps")) await measureSweeps(contestants, wanted.quick, gathered, progress);
  } finally {
    for (const contestant of contestants) await contestant.close?.();
  }
}

type Place = (workload: Workload, settings: Settings) => Promise<Measured>;

function inThisProcess(contestants: readonly Contestant[], progress: Progress): Place {
  return (workload, settings) =>
    measure(workload, contestants, settings, (text) => progress.detail(text), interruptions);
}

async function measureRows(
  where: Runtime,
  workloads: readonly Workload[],
  place: (workload: Workload) => Promise<Measured>,
  gathered: Gathering,
  progress: Progress,
): Promise<void> {
  for (const [i, workload] of workloads.entries()) {
    progress.start(`${where} ${i + 1}/${workloads.length} ${workload.name}`);
    gathered.add(await place(workload));
  }
}

async function measureSweeps(
  contestants: readonly Contestant[],
  quick: boolean,
  gathered: Gathering,
  progress: Progress,
): Promise<void> {
  const place = inThisProcess(
    contestants.filter(({ name }) => inSweeps(name)),
    progress,
  );
  for (const { name, axis, points } of SWEEPS) {
    for (const { x, workload } of points) {
      progress.start(`sweep ${workload.name}`);
      const { rows, failures } = await place(workload, quick ? QUICK.node : SWEEPING);
      gathered.sweeps.push(...rows.map((row) => ({ ...row, sweep: name, axis, x })));
      gathered.failures.push(...failures);
    }
  }
}

async function measureInBrowser(wanted: Arguments, gathered: Gathering, progress: Progress): Promise<void> {
  const settings = wanted.quick ? QUICK.browser : FULL.browser;
  try {
    const page = await openBrowser(wanted.peers, (text) => progress.detail(text));
    try {
      gathered.machine += `; ${page.browser}`;
      gathered.unavailable(page.unavailable);
      const place = (workload: Workload): Promise<Measured> => page.measure(workload, settings);
      await measureRows("browser", wanted.workloads, place, gathered, progress);
    } finally {
      await page.close();
    }
  } catch (error) {
    // What was measured until then is worth printing.
    gathered.unavailable([{ name: "keras-ts-webgl", reason: messageOf(error) }]);
  }
}

/** Whether the limit of the build that a contestant runs is known. */
function hasPeak(contestant: string, { relaxedGflops }: Limits): boolean {
  return relaxedGflops !== null || !contestant.includes("relaxed");
}

/** Of our plans on one thread in Node: the limits are those of WebAssembly. */
function rooflinesOf(workloads: readonly Workload[], rows: readonly Row[], limits: Limits): Roofline[] {
  return workloads.flatMap((workload) => {
    const own = rows.filter(
      ({ workload: name, contestant, runtime, agrees }) =>
        name === workload.name && isPlan(contestant) && runtime === "node" && agrees && hasPeak(contestant, limits),
    );
    if (own.length === 0) return [];
    const { graph } = makeTask(workload);
    return own.map(({ contestant, medianMs }) => {
      const roof = roofOf(graph, limits, contestant.includes("relaxed"));
      return { workload: workload.name, contestant, ...roof, attained: roof.limitMs / medianMs };
    });
  });
}
