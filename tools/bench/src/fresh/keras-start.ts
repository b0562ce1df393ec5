/**
 * keras-ts as a program has it that only runs plans. Such a program imports nothing of tfjs itself, which takes Node longer than to start all
 * of keras-ts; `contestants/keras-cpu.ts` does, for its tensors.
 */
import { cpu } from "@keras-ts/backend-cpu";
import { plan, registerBackend, setBackend } from "@keras-ts/core";
import type { Contestant } from "../contestants/contestant.ts";
import { makeKeras } from "../contestants/keras-model.ts";

/** The plan on one thread, its values in place. */
export async function kerasStart(): Promise<Contestant> {
  registerBackend(cpu({ threads: 1 }));
  await setBackend("cpu");
  return {
    name: "keras-ts",
    runtime: "node",
    threads: 1,
    async prepare(task) {
      const layer = makeKeras(task);
      const { inputShape } = task.description;
      const compiled = await plan(layer, { inputShapes: [inputShape] });
      const { inputs, outputs } = compiled;
      inputs[0]?.set(task.operands.input);
      return {
        run(calls) {
          for (let i = 0; i < calls; i++) compiled.runSync(inputs, outputs);
        },
        consume: () => outputs[0]?.[0] ?? 0,
        output: async () => outputs[0]?.slice() ?? new Float32Array(0),
        async dispose() {
          compiled.dispose();
          layer.dispose();
        },
      };
    },
  };
}
