/** The names of backends: one that a host stands behind, and for cpu, after colons, how it is started: `cpu:plain:threads=2`. */
import { UsageError } from "./usage-error.ts";

/** How cpu is started; what is left out is as `cpu()` has it. */
export interface CpuVariant {
  /** `plain`: WebAssembly SIMD without fused multiply-add; `relaxed`: with it, or not at all. */
  readonly build?: "plain" | "relaxed";
  /** So many, and every call divided that can be, however small. */
  readonly threads?: number;
}

export interface BackendName {
  /** As results and reports have it: its words in this order, whatever order they were said in. */
  readonly name: string;
  /** `cpu` or `webgl`: what the host is found by. */
  readonly backend: string;
  readonly variant: CpuVariant;
}

/** What may follow `cpu:`. */
const WORDS = "plain, relaxed, threads=N";
const MOST_THREADS = 64;

/** @throws UsageError where the backend is not `known`, or a word after it means nothing, or says again what another said. */
export function parseBackendName(text: string, known: readonly string[]): BackendName {
  const [backend = "", ...words] = text.split(":");
  if (!known.includes(backend)) throw new UsageError(`unknown backend "${backend}"; known: ${known.join(", ")}`);
  if (words.length > 0 && backend !== "cpu")
    throw new UsageError(`"${text}": ${backend} is started in one way only, so that nothing may follow its name`);
  let variant: CpuVariant = {};
  for (const word of words) {
    const said = meaningOf(word);
    if (said === null) throw new UsageError(`"${text}": unknown word "${word}" after cpu; known: ${WORDS}`);
    if (Object.keys(said).some((key) => key in variant))
      throw new UsageError(`"${text}": "${word}" says again what another word said`);
    variant = { ...variant, ...said };
  }
  const { build, threads } = variant;
  const inOrder = [backend, ...(build ? [build] : []), ...(threads === undefined ? [] : [`threads=${threads}`])];
  return { name: inOrder.join(":"), backend, variant };
}

function meaningOf(word: string): CpuVariant | null {
  if (word === "plain" || word === "relaxed") return { build: word };
  const [, digits] = /^threads=(\d+)$/.exec(word) ?? [];
  const threads = Number(digits);
  return threads >= 1 && threads <= MOST_THREADS ? { threads } : null;
}
