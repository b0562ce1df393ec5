/** The compiled forms behind `layer.apply`: one plan for the shapes of its inputs, made on first use, freed with the layer. */
import { activeBackend } from "../backend/active.ts";
import { UnsupportedError, ValueError } from "../errors.ts";
import type { Value } from "../ops/value.ts";
import { Plan } from "../plan/plan.ts";
import { type CachedPlan, planCache } from "../plan/plan-cache.ts";
import { flatten, mapStructure, type Nested, packAs } from "../structure.ts";
import { engine, type Tensor } from "../tf.ts";
import type { Traceable } from "../trace/trace-forward.ts";
import { maskOf, setMask } from "./masks.ts";

/** A plan whose last outputs are the masks of the first. */
interface CallPlan extends CachedPlan {
  readonly plan: Plan;
  readonly structure: Nested<unknown>;
  readonly outputs: number;
  /** Which output each mask belongs to. */
  readonly masked: readonly number[];
  /** Which packing of its weights the cache has counted. */
  counted: number;
}

const finalizer = new FinalizationRegistry<Map<string, CallPlan>>((plans) => {
  dropAll(plans);
});

interface CallTarget extends Traceable {
  apply<R extends Nested<Value>>(inputs: Nested<Value>): R;
}

export class CallPlans {
  readonly #plans = new Map<string, CallPlan>();

  constructor() {
    // The plans refer to weights, never to the layer: they do not keep it alive.
    finalizer.register(this, this.#plans, this);
  }

  /** Masks that the call makes are attached to the outputs. Where the backend fails, for memory that plans hold perhaps, those go first. */
  run(target: CallTarget, inputs: Nested<Tensor>): Nested<Tensor> {
    try {
      return this.#run(target, inputs);
    } catch (error) {
      const isRefusal = error instanceof ValueError || error instanceof UnsupportedError;
      if (isRefusal || !planCache.clear()) throw error;
      return this.#run(target, inputs);
    }
  }

  #run(target: CallTarget, inputs: Nested<Tensor>): Nested<Tensor> {
    const cached = this.#planFor(target, inputs);
    const { plan, structure, outputs: count, masked } = cached;
    const results = plan.runTensors(flatten(inputs));
    if (cached.counted !== plan.packingRounds) {
      cached.counted = plan.packingRounds;
      planCache.recount(cached);
    }
    const outputs = results.slice(0, count);
    for (const [i, output] of masked.entries()) {
      const [value, mask] = [outputs[output], results[count + i]];
      if (value && mask) setMask(value, mask);
    }
    return packAs(structure, outputs);
  }

  dispose(): void {
    dropAll(this.#plans);
  }

  #planFor(target: CallTarget, inputs: Nested<Tensor>): CallPlan {
    const key = `${JSON.stringify(mapStructure(inputs, ({ shape }) => shape.join()))}#${target.revision}`;
    const known = this.#plans.get(key);
    if (known?.plan.isCurrent) {
      planCache.touch(known);
      return known;
    }
    if (known) this.dispose();
    const plans = this.#plans;
    const made = { ...planCall(target, inputs), counted: 0, forget: () => plans.delete(key) };
    plans.set(key, made);
    planCache.add(made);
    return made;
  }
}

function dropAll(plans: ReadonlyMap<string, CallPlan>): void {
  for (const cached of plans.values()) planCache.drop(cached);
}

function planCall(target: CallTarget, inputs: Nested<Tensor>): Omit<CallPlan, "counted" | "forget"> {
  let structure: Nested<unknown> = null;
  let outputs = 0;
  let masked: number[] = [];
  const traceable: Traceable = {
    name: target.name,
    revision: target.revision,
    inputShapes: null,
    ensureBuilt: () => undefined, // `apply` has built it
    traceCall: (values) => {
      const result = target.apply<Nested<Value>>(packAs(inputs, values));
      const leaves = flatten(result);
      const masks = leaves.map(maskOf);
      structure = mapStructure(result, () => null);
      outputs = leaves.length;
      masked = masks.flatMap((mask, i) => (mask === null ? [] : [i]));
      return [...leaves, ...masks.filter((mask) => mask !== null)];
    },
  };
  const plan = new Plan(traceable, { inputShapes: flatten(inputs).map(({ shape }) => shape) });
  return { plan, structure, outputs, masked };
}

/** A tape must see every op, so that inside `tf.grad` layers run op by op. */
export function canUseCallPlan(): boolean {
  return activeBackend() !== null && engine().state.gradientDepth === 0;
}
