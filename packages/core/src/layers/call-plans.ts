/** The compiled forms behind `layer.apply`: one plan an input shape, made on first use, freed with the layer. */
import { activeBackend } from "../backend/active.ts";
import { Plan } from "../plan/plan.ts";
import { engine, type Tensor } from "../tf.ts";
import type { Traceable } from "../trace/trace-forward.ts";

const SHAPES_A_LAYER = 8; // plans one layer keeps; each holds packed weights

const finalizer = new FinalizationRegistry<Map<string, Plan>>((plans) => {
  for (const plan of plans.values()) plan.dispose();
});

export class CallPlans {
  readonly #plans = new Map<string, Plan>();

  constructor() {
    // The plans refer to weights, never to the layer: they do not keep it alive.
    finalizer.register(this, this.#plans, this);
  }

  run(target: Traceable, x: Tensor): Tensor {
    const [y] = this.#planFor(target, x.shape).runTensors([x]);
    if (!y) throw new TypeError(`The plan of '${target.name}' has no output.`);
    return y;
  }

  dispose(): void {
    for (const plan of this.#plans.values()) plan.dispose();
    this.#plans.clear();
  }

  #planFor(target: Traceable, shape: readonly number[]): Plan {
    const key = `${shape.join()}#${target.revision}`;
    const known = this.#plans.get(key);
    if (known?.isCurrent) return known;
    if (known) this.dispose();
    const plan = new Plan(target, { inputShapes: [shape] });
    this.#plans.set(key, plan);
    for (const [oldest, stale] of this.#plans) {
      if (this.#plans.size <= SHAPES_A_LAYER) break;
      stale.dispose();
      this.#plans.delete(oldest);
    }
    return plan;
  }
}

/** A tape must see every op, so that inside `tf.grad` layers run op by op. */
export function canUseCallPlan(): boolean {
  return activeBackend() !== null && engine().state.gradientDepth === 0;
}
