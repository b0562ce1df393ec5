/** The ops that a plan would run, each judged: what a backend could not run is found without starting it. */
import type { Backend } from "../backend/backend.ts";
import type { Op, Shape } from "../op/op.ts";
import { checkArguments } from "../serialization/argument-names.ts";
import { type Traceable, traceForward } from "../trace/trace-forward.ts";
import { isStatic, topological } from "../trace/walk.ts";
import { fuseWholeFor, withOwnOutputs } from "./compile.ts";
import type { PlanOptions } from "./plan.ts";

/** One op of a plan. */
export interface PlannedOp {
  /** Names of the layers whose calls made it, outermost first, as in `plan.explain()`: `net/block/conv`. Empty for what fusing and planning add. */
  readonly layer: string;
  readonly op: Op;
  /** Shapes of its data inputs. */
  readonly inputs: readonly Shape[];
  /** Whether it reads weights alone: then it runs when they are packed, and is no step. */
  readonly onWeights: boolean;
  /** Null where it runs, else why it does not. */
  readonly unsupported: string | null;
}

/** Says of an op whether it runs on data inputs of these shapes, as `Backend` does: `{ unsupported: webglUnsupported }`, or a backend. */
export type OpJudge = Pick<Backend, "unsupported" | "separableFrom">;

/**
 * What `plan` would run for a backend that answers as `judge` does, in the order of the steps; ops on weights alone, which run when
 * weights are packed, stand among them. Nothing is packed or run. Throws as `plan` where the target cannot be traced.
 */
export function plannedOps(target: Traceable, judge: OpJudge, options: PlanOptions = {}): PlannedOp[] {
  checkArguments("plannedOps", options, ["inputShapes"]);
  const { trace, outputs } = traceForward(target, options.inputShapes);
  try {
    return topological(withOwnOutputs(fuseWholeFor(judge, outputs))).flatMap((value) => {
      const { source } = value;
      if (source.kind !== "op") return [];
      const inputs = source.inputs.map(({ shape }) => shape);
      const unsupported = judge.unsupported(source.op, inputs);
      return [{ layer: source.layer, op: source.op, inputs, onWeights: isStatic(value), unsupported }];
    });
  } finally {
    trace.dispose();
  }
}
