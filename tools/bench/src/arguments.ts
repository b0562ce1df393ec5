/** The command line of the benchmark. */
import { PEERS, type Peer } from "./contestants/names.ts";
import { atBatch, WORKLOADS, type Workload } from "./workloads/workload.ts";

export const PARTS = ["rows", "sweeps", "start", "bytes"] as const;
export type Part = (typeof PARTS)[number];

export interface Arguments {
  readonly workloads: readonly Workload[];
  readonly parts: readonly Part[];
  readonly peers: readonly string[];
  /** Whether `--peers` said which. */
  readonly peersNamed: boolean;
  /** An interpreter with Keras and JAX. */
  readonly python: string | null;
  /** Of a second entry of keras-ts and onnxruntime-web; 1: none. */
  readonly threads: number;
  readonly json: string | null;
  readonly html: string | null;
  readonly browser: boolean;
  readonly quick: boolean;
  readonly help: boolean;
}

/** What was asked for does not exist; the message lists what does. */
export class UsageError extends Error {}

export const USAGE = `Usage: npm run bench -- [--workload NAME]… [--batch N] [--parts NAME,…] [--peers NAME,…] [--python PATH] [--threads N]
                        [--json FILE] [--html FILE] [--browser] [--quick]

  --workload NAME   only workloads whose name contains NAME (x and -> are read as × and →); may be repeated
  --batch N         all rows with a batch of N, instead of the usual list
  --parts NAME,…    of ${PARTS.join(", ")}: the table; growing sizes; cold start and memory; bytes shipped.
                    All of them; with --workload, --batch or --quick the table alone
  --peers NAME,…    only these peers; "none" for keras-ts alone; a peer of the browser brings --browser
  --python PATH     Python with keras, jax and tensorflow, for keras-python-jax and litert; else KERAS_PYTHON
  --threads N       keras-ts and onnxruntime-web once more, on N threads in processes of their own
  --json FILE       write the result to FILE; a run of everything writes reports/bench.json
  --html FILE       write it as a page with plots; a run of everything writes reports/bench.html
  --browser         also run the webgl backend against tfjs-webgl, in a headless browser
  --quick           fewer samples, a shorter warm-up, batch 1, without slow peers: a look, not a measurement

Workloads: ${WORKLOADS.map(({ name }) => `\n  ${name}`).join("")}

Peers: ${PEERS.map(({ name }) => name).join(", ")}`;

/** What was written, before it is looked up. */
interface Written {
  readonly workloads: string[];
  parts: string[] | null;
  peers: string[] | null;
  batch: number | null;
  threads: number;
  python: string | null;
  json: string | null;
  html: string | null;
  readonly flags: Record<Flag, boolean>;
}

type Flag = "browser" | "quick" | "help";
const FLAGS: readonly Flag[] = ["browser", "quick", "help"];

/** Throws UsageError. */
export function parseArguments(args: readonly string[], environment: NodeJS.ProcessEnv = process.env): Arguments {
  const written = readWords(args);
  const { flags, json, html, batch } = written;
  const python = written.python ?? (environment["KERAS_PYTHON"] || null);
  const chosen = written.peers && choosePeers(written.peers);
  const browser = flags.browser || (chosen ?? []).some(({ runtime }) => runtime === "browser");
  const joins = (peer: Peer): boolean => !(peer.python && python === null) && !(peer.slow && flags.quick);
  const taking = (chosen ?? PEERS.filter(joins)).filter(({ runtime }) => browser || runtime !== "browser");
  const everything = written.workloads.length === 0 && batch === null && !flags.quick;
  const parts = written.parts ? chooseParts(written.parts) : everything ? PARTS : (["rows"] as const);
  const reports = everything && written.parts === null && chosen === null;
  return {
    ...flags,
    browser,
    python,
    threads: written.threads,
    parts,
    peersNamed: chosen !== null,
    json: json ?? (reports ? "reports/bench.json" : null),
    html: html ?? (reports ? "reports/bench.html" : null),
    workloads: chooseWorkloads(written, usualWorkloads(written)),
    peers: taking.map(({ name }) => name),
  };
}

function readWords(args: readonly string[]): Written {
  const flags = { browser: false, quick: false, help: false };
  const written: Written = {
    workloads: [],
    parts: null,
    peers: null,
    batch: null,
    threads: 1,
    python: null,
    json: null,
    html: null,
    flags,
  };
  const rest = args.flatMap(splitAtEquals);
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const flag = FLAGS.find((name) => arg === `--${name}`);
    if (flag) flags[flag] = true;
    else if (arg === "--workload") written.workloads.push(takeValue(arg, rest));
    else if (arg === "--parts") written.parts = [...(written.parts ?? []), ...takeList(arg, rest)];
    else if (arg === "--peers") written.peers = [...(written.peers ?? []), ...takeList(arg, rest)];
    else if (arg === "--batch") written.batch = positiveInteger(arg, takeValue(arg, rest));
    else if (arg === "--threads") written.threads = positiveInteger(arg, takeValue(arg, rest));
    else if (arg === "--python") written.python = takeValue(arg, rest);
    else if (arg === "--json") written.json = takeValue(arg, rest);
    else if (arg === "--html") written.html = takeValue(arg, rest);
    else throw new UsageError(`There is no such argument. Received: ${arg}\n\n${USAGE}`);
  }
  return written;
}

function takeList(name: string, rest: string[]): string[] {
  return takeValue(name, rest)
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function chooseParts(wanted: readonly string[]): Part[] {
  for (const name of wanted) {
    if (!PARTS.some((part) => part === name))
      throw new UsageError(`There is no such part. Received: --parts ${name}. Parts: ${PARTS.join(", ")}`);
  }
  return PARTS.filter((part) => wanted.includes(part));
}

/** What names are looked up in: a look leaves out larger batches unless a name asks for them. */
function usualWorkloads({ batch, workloads, flags }: Written): readonly Workload[] {
  if (batch !== null) return atBatch(batch);
  return flags.quick && workloads.length === 0 ? atBatch(1) : WORKLOADS;
}

function chooseWorkloads({ workloads: wanted }: Written, all: readonly Workload[]): Workload[] {
  for (const text of wanted) {
    if (!all.some(({ name }) => matches(all, name, text))) {
      const list = all.map(({ name }) => `\n  ${name}`).join("");
      throw new UsageError(`There is no such workload. Received: --workload ${text}. Workloads:${list}`);
    }
  }
  return all.filter(({ name }) => wanted.length === 0 || wanted.some((text) => matches(all, name, text)));
}

function choosePeers(wanted: readonly string[]): (typeof PEERS)[number][] {
  const names = wanted.filter((name) => name !== "none");
  for (const name of names) {
    if (!PEERS.some((peer) => peer.name === name)) {
      const list = PEERS.map((peer) => peer.name).join(", ");
      throw new UsageError(`There is no such peer. Received: --peers ${name}. Peers: ${list}`);
    }
  }
  return PEERS.filter(({ name }) => names.includes(name));
}

/** An exact name means that row alone. */
function matches(all: readonly Workload[], name: string, text: string): boolean {
  const exact = all.find((workload) => plain(workload.name) === plain(text));
  return exact ? exact.name === name : plain(name).includes(plain(text));
}

function positiveInteger(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`${name} takes a positive integer. Received: ${text}`);
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll("×", "x").replaceAll("→", "->").trim();
}

function splitAtEquals(arg: string): string[] {
  const [, name, value] = /^(--[a-z]+)=(.*)$/s.exec(arg) ?? [];
  return name === undefined || value === undefined ? [arg] : [name, value];
}

function takeValue(name: string, rest: string[]): string {
  const value = rest.shift();
  if (value === undefined || value === "" || value.startsWith("--")) {
    throw new UsageError(`${name} needs a value. Received: ${value ?? "nothing"}\n\n${USAGE}`);
  }
  return value;
}
