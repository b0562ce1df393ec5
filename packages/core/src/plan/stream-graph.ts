/**
 * The graph of one call of a stream, from that of a plan: what a convolution or pooling reads beyond the frames of the call is no longer
 * padding but what earlier calls left.
 */
import type { Op } from "../op/op.ts";
import { outputShape } from "../op/output-shape.ts";
import { TracedTensor } from "../trace/traced-tensor.ts";
import { copyOf, isStatic, topological } from "../trace/walk.ts";
import { framesOf, type HistoryOf, isContiguous } from "./history.ts";
import { timingsOf } from "./stream-timings.ts";
import type { Timing } from "./time-axis.ts";

type OpSource = Extract<TracedTensor["source"], { kind: "op" }>;

/** How a history is kept: in a ring that is read in place, or by exchanging two buffers. */
export type HistoryForm = HistoryOf & { readonly ring: boolean };

/** A graph for `compileGraph`. */
export interface StreamGraph {
  /** Those of the plan, then the state of each history that is not a ring. */
  readonly inputs: readonly TracedTensor[];
  /**
   * Those of the plan, then for each history: the frames of the call, the same again, and both with what came before (a ring; what makes
   * the last is not to be run), or the next state.
   */
  readonly outputs: readonly TracedTensor[];
  readonly histories: readonly HistoryForm[];
  /** Frames of the first input that an output depends on, its own included. */
  readonly receptiveField: number;
}

/** Of fused outputs. `timeAxis`: of all inputs; `rings`: whether the backend's buffers can be addressed. UnsupportedError as `timingsOf`. */
export function streamGraph(
  inputs: readonly TracedTensor[],
  outputs: readonly TracedTensor[],
  timeAxis: number,
  rings: boolean,
): StreamGraph {
  return new StreamBuilder(inputs, timingsOf(inputs, outputs, timeAxis), rings).build(outputs);
}

class StreamBuilder {
  readonly #rings: boolean;
  readonly #inputs: TracedTensor[];
  /** What histories add to the outputs. */
  readonly #kept: TracedTensor[] = [];
  readonly #histories: HistoryForm[] = [];
  readonly #timings: ReadonlyMap<TracedTensor, Timing>;
  readonly #done = new Map<TracedTensor, TracedTensor>();
  /** Values with their past, by what says which. */
  readonly #joined = new Map<TracedTensor, Map<string, TracedTensor>>();

  constructor(inputs: readonly TracedTensor[], timings: ReadonlyMap<TracedTensor, Timing>, rings: boolean) {
    this.#inputs = [...inputs];
    this.#timings = timings;
    this.#rings = rings;
  }

  build(outputs: readonly TracedTensor[]): StreamGraph {
    for (const value of topological(outputs)) {
      const { source } = value;
      this.#done.set(value, source.kind === "op" && !isStatic(value) ? this.#streamed(value, source) : value);
    }
    const made = outputs.map((value) => this.#rewritten(value));
    return {
      inputs: this.#inputs,
      outputs: [...made, ...this.#kept],
      histories: this.#histories,
      receptiveField: wholeFrames(Math.max(1, ...outputs.map((value) => this.#timings.get(value)?.field ?? 1))),
    };
  }

  #streamed(value: TracedTensor, source: OpSource): TracedTensor {
    const { op } = source;
    const [first] = source.inputs;
    const at = first && this.#timings.get(first);
    const [x, ...others] = source.inputs.map((input) => this.#rewritten(input));
    if (x && at && op.kind === "conv") {
      const before = op.padding[at.axis - 1]?.[0] ?? 0;
      const unpadded = { ...op, padding: op.padding.map((pad, i) => (i === at.axis - 1 ? ([0, 0] as const) : pad)) };
      const past = before > 0 ? this.#withPast(x, at, before, 0, source.layer) : x;
      return derived(value, { ...source, op: unpadded, inputs: [past, ...others] });
    }
    const before = this.#timings.get(value)?.before ?? 0;
    if (x && at && op.kind === "pad" && before > 0) {
      const rest = op.padding.map((pad, i) => (i === at.axis ? ([0, 0] as const) : pad));
      const inner = rest.some(([a, b]) => a + b > 0)
        ? derived(value, { ...source, op: { ...op, padding: rest }, inputs: [x] })
        : x;
      return this.#withPast(inner, at, before, op.value, source.layer);
    }
    const inputs = x ? [x, ...others] : others;
    return derived(value, { ...source, inputs });
  }

  /** x behind its last `past` frames. */
  #withPast(x: TracedTensor, { axis }: Timing, past: number, fill: number, layer: string): TracedTensor {
    const known = this.#joined.get(x) ?? new Map<string, TracedTensor>();
    this.#joined.set(x, known);
    const key = `${axis} ${past} ${fill}`;
    const joined = known.get(key) ?? this.#keep(x, { shape: x.shape, axis, past, fill }, layer);
    known.set(key, joined);
    return joined;
  }

  #keep(x: TracedTensor, of: HistoryOf, layer: string): TracedTensor {
    const { axis, past, fill } = of;
    // Where less is kept than a call brings, joining the two copies little, and takes memory that other steps share.
    const ring = this.#rings && isContiguous(of) && past >= (of.shape[axis] ?? 0);
    this.#histories.push({ ...of, ring });
    if (ring) {
      const again = copyOf(x);
      const padding = x.shape.map((_, i) => [i === axis ? past : 0, 0] as const);
      const joined = derived(x, {
        kind: "op",
        op: { kind: "pad", padding, value: fill },
        inputs: [again],
        weights: [],
        layer,
      });
      this.#kept.push(x, again, joined);
      return joined;
    }
    const state = x.trace.input(this.#inputs.length, framesOf(of, past));
    this.#inputs.push(state);
    const joined = derived(x, { kind: "op", op: { kind: "concat", axis }, inputs: [state, x], weights: [], layer });
    const begin = joined.shape.map((n, i) => (i === axis ? n - past : 0));
    const next: Op = { kind: "slice", begin, size: state.shape };
    this.#kept.push(derived(x, { kind: "op", op: next, inputs: [joined], weights: [], layer }));
    return joined;
  }

  #rewritten(value: TracedTensor): TracedTensor {
    return this.#done.get(value) ?? value;
  }
}

/** Upwards: frames of a rate higher than the input's are fractions of its frames, added in floating point. */
function wholeFrames(field: number): number {
  return Math.ceil(Number(field.toFixed(6)));
}

function derived(origin: TracedTensor, source: OpSource): TracedTensor {
  const shapes = source.inputs.map(({ shape }) => shape);
  return new TracedTensor(origin.trace, outputShape(source.op, shapes), source);
}
