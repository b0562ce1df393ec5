/** The other side of `remote.ts`: starts one contestant and does what messages say. Arguments: its name, threads, `plain` for no relaxed SIMD. */
import { messageOf } from "../measure/message.ts";
import { makeTask } from "../workloads/task.ts";
import type { Runner } from "./contestant.ts";
import type { Answer, Message } from "./remote.ts";
import { startOne } from "./start-node.ts";

const [name = "", threads = "1", simd = ""] = process.argv.slice(2);
const contestant = startOne(name, { threads: Number(threads), plainSimd: simd === "plain" });
let runner: Runner | null = null;

process.on("message", (message: Message) => {
  void answer(message).then(
    (value) => process.send?.(value),
    (error: unknown) => process.send?.({ error: messageOf(error) } satisfies Answer),
  );
});

async function answer(message: Message): Promise<Answer> {
  switch (message.do) {
    case "start": {
      const { note, threads: count } = await contestant;
      return { note, threads: count };
    }
    case "prepare":
      runner = await (await contestant).prepare(makeTask(message));
      return {};
    case "time":
      return time(prepared(), message.calls);
    case "output":
      return { output: await prepared().output() };
    case "close":
      await (await contestant).close?.();
      return {};
    case "dispose":
      await runner?.dispose();
      runner = null;
      return {};
  }
}

async function time(of: Runner, calls: number): Promise<Answer> {
  await of.activate?.();
  const begin = performance.now();
  const pending = of.run(calls);
  if (pending) await pending;
  return { ms: performance.now() - begin, first: of.consume() };
}

function prepared(): Runner {
  if (!runner) throw new Error("Nothing was prepared.");
  return runner;
}
