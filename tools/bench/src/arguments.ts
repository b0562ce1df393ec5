/** The command line of the benchmark. */
import { PEERS } from "./contestants/names.ts";
import { atBatch, WORKLOADS, type Workload } from "./workloads/workload.ts";

export interface Arguments {
  readonly workloads: readonly Workload[];
  readonly peers: readonly string[];
  /** Whether `--peers` said which. */
  readonly peersNamed: boolean;
  /** An interpreter with Keras and JAX. */
  readonly python: string | null;
  readonly json: string | null;
  readonly browser: boolean;
  readonly quick: boolean;
  readonly help: boolean;
}

/** What was asked for does not exist; the message lists what does. */
export class UsageError extends Error {}

export const USAGE = `Usage: npm run bench -- [--workload NAME]… [--batch N] [--peers NAME,…] [--json FILE] [--browser] [--quick]

  --workload NAME   only workloads whose name contains NAME (x and -> are read as × and →); may be repeated
  --batch N         all rows with a batch of N, instead of the usual list
  --peers NAME,…    only these peers; "none" for keras-ts alone; a peer of the browser brings --browser
  --python PATH     Python with keras and jax, for keras-python-jax; also taken from KERAS_PYTHON
  --json FILE       also write the result to FILE
  --browser         also run the webgl backend against tfjs-webgl, in a headless browser
  --quick           fewer samples and a shorter warm-up: a look, not a measurement

Workloads: ${WORKLOADS.map(({ name }) => `\n  ${name}`).join("")}

Peers: ${PEERS.map(({ name }) => name).join(", ")}`;

/** Throws UsageError. */
export function parseArguments(args: readonly string[], environment: NodeJS.ProcessEnv = process.env): Arguments {
  const workloads: string[] = [];
  let peers: string[] | null = null;
  let json: string | null = null;
  let python: string | null = environment["KERAS_PYTHON"] || null;
  let batch: number | null = null;
  const flags = { browser: false, quick: false, help: false };
  const rest = args.flatMap(splitAtEquals);
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--workload") workloads.push(takeValue(arg, rest));
    else if (arg === "--peers") peers = [...(peers ?? []), ...takeValue(arg, rest).split(",")];
    else if (arg === "--batch") batch = positiveInteger(arg, takeValue(arg, rest));
    else if (arg === "--python") python = takeValue(arg, rest);
    else if (arg === "--json") json = takeValue(arg, rest);
    else if (arg === "--browser" || arg === "--quick" || arg === "--help") flags[nameOf(arg)] = true;
    else throw new UsageError(`There is no such argument. Received: ${arg}\n\n${USAGE}`);
  }
  const chosen = peers && choosePeers(peers);
  const browser = flags.browser || (chosen ?? []).some(({ runtime }) => runtime === "browser");
  const taking = (chosen ?? PEERS).filter(
    ({ name, runtime }) =>
      (browser || runtime !== "browser") && (chosen !== null || python !== null || name !== "keras-python-jax"),
  );
  return {
    ...flags,
    browser,
    python,
    peersNamed: chosen !== null,
    json,
    workloads: chooseWorkloads(workloads, batch === null ? WORKLOADS : atBatch(batch)),
    peers: taking.map(({ name }) => name),
  };
}

function chooseWorkloads(wanted: readonly string[], all: readonly Workload[]): Workload[] {
  for (const text of wanted) {
    if (!all.some(({ name }) => matches(all, name, text))) {
      const list = all.map(({ name }) => `\n  ${name}`).join("");
      throw new UsageError(`There is no such workload. Received: --workload ${text}. Workloads:${list}`);
    }
  }
  return all.filter(({ name }) => wanted.length === 0 || wanted.some((text) => matches(all, name, text)));
}

function choosePeers(wanted: readonly string[]): (typeof PEERS)[number][] {
  const names = wanted.map((name) => name.trim()).filter((name) => name !== "" && name !== "none");
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

function nameOf(arg: "--browser" | "--quick" | "--help"): "browser" | "quick" | "help" {
  return arg === "--browser" ? "browser" : arg === "--quick" ? "quick" : "help";
}
