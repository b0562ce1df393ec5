/** The command line of the benchmark. */
import { PEERS } from "./contestants/names.ts";
import { WORKLOADS, type Workload } from "./workloads/workload.ts";

export interface Arguments {
  readonly workloads: readonly Workload[];
  readonly peers: readonly string[];
  readonly json: string | null;
  readonly browser: boolean;
  readonly quick: boolean;
  readonly help: boolean;
}

/** What was asked for does not exist; the message lists what does. */
export class UsageError extends Error {}

export const USAGE = `Usage: npm run bench -- [--workload NAME]… [--peers NAME,…] [--json FILE] [--browser] [--quick]

  --workload NAME   only workloads whose name contains NAME (x and -> are read as × and →); may be repeated
  --peers NAME,…    only these peers; "none" for keras-ts alone; a peer of the browser brings --browser
  --json FILE       also write the result to FILE
  --browser         also run the webgl backend against tfjs-webgl, in a headless browser
  --quick           fewer samples and a shorter warm-up: a look, not a measurement

Workloads: ${WORKLOADS.map(({ name }) => `\n  ${name}`).join("")}

Peers: ${PEERS.map(({ name }) => name).join(", ")}`;

/** Throws UsageError. */
export function parseArguments(args: readonly string[]): Arguments {
  const workloads: string[] = [];
  let peers: string[] | null = null;
  let json: string | null = null;
  const flags = { browser: false, quick: false, help: false };
  const rest = args.flatMap(splitAtEquals);
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === "--workload") workloads.push(takeValue(arg, rest));
    else if (arg === "--peers") peers = [...(peers ?? []), ...takeValue(arg, rest).split(",")];
    else if (arg === "--json") json = takeValue(arg, rest);
    else if (arg === "--browser" || arg === "--quick" || arg === "--help") flags[nameOf(arg)] = true;
    else throw new UsageError(`There is no such argument. Received: ${arg}\n\n${USAGE}`);
  }
  const chosen = peers && choosePeers(peers);
  const browser = flags.browser || (chosen ?? []).some(({ runtime }) => runtime === "browser");
  const taking = (chosen ?? PEERS).filter(({ runtime }) => browser || runtime !== "browser");
  return { ...flags, browser, json, workloads: chooseWorkloads(workloads), peers: taking.map(({ name }) => name) };
}

function chooseWorkloads(wanted: readonly string[]): Workload[] {
  for (const text of wanted) {
    if (!WORKLOADS.some(({ name }) => matches(name, text))) {
      const list = WORKLOADS.map(({ name }) => `\n  ${name}`).join("");
      throw new UsageError(`There is no such workload. Received: --workload ${text}. Workloads:${list}`);
    }
  }
  return WORKLOADS.filter(({ name }) => wanted.length === 0 || wanted.some((text) => matches(name, text)));
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
function matches(name: string, text: string): boolean {
  const exact = WORKLOADS.find((workload) => plain(workload.name) === plain(text));
  return exact ? exact.name === name : plain(name).includes(plain(text));
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
