/** Python Keras on JAX, compiled, on one core, in a process of its own that holds its own clock (`python/keras_worker.py`). */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Task } from "../workloads/task.ts";
import type { Contestant, Runner } from "./contestant.ts";

const WORKER = fileURLToPath(new URL("../../python/keras_worker.py", import.meta.url));

/** `python` is the interpreter of an environment with keras and jax. Rejects where it has none. */
export async function kerasPython(python: string): Promise<Contestant> {
  const worker = new Worker(python);
  const { keras, jax } = await worker.greeting;
  return {
    name: "keras-python-jax",
    runtime: "node",
    threads: 1,
    note: `Keras ${keras}, JAX ${jax}, jax.jit`,
    prepare: (task) => prepare(worker, task),
    close: async () => worker.end(),
  };
}

type Answer = Readonly<Record<string, unknown>>;

/** Answers come in the order of the messages. */
class Worker {
  readonly greeting: Promise<Answer>;
  readonly folder = mkdtempSync(join(tmpdir(), "keras-ts-bench-"));
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = [];

  constructor(python: string) {
    this.#process = spawn(python, [WORKER]);
    let complaints = "";
    this.#process.stderr.on("data", (text: Buffer) => {
      complaints = `${complaints}${text.toString()}`.slice(-2000);
    });
    const fail = (error: Error): void => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    };
    this.#process.on("error", fail);
    this.#process.stdin.on("error", fail);
    this.#process.on("exit", (code) => fail(new Error(`${python} ended with status ${code}. ${complaints.trim()}`)));
    createInterface({ input: this.#process.stdout }).on("line", (line) => this.#take(line));
    this.greeting = this.#next();
  }

  ask(message: Answer): Promise<Answer> {
    const answer = this.#next();
    this.#process.stdin.write(`${JSON.stringify(message)}\n`);
    return answer;
  }

  end(): void {
    this.#process.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #next(): Promise<Answer> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #take(line: string): void {
    const answer = JSON.parse(line) as Answer;
    const waiting = this.#waiting.shift();
    if (answer["error"] !== undefined) waiting?.reject(new Error(String(answer["error"])));
    else waiting?.resolve(answer);
  }
}

async function prepare(worker: Worker, { description, operands }: Task): Promise<Runner> {
  const file = join(worker.folder, "values");
  const arrays = [operands.input, ...operands.weights.flat().map(({ values }) => values)];
  writeFileSync(
    file,
    Buffer.concat(arrays.map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength))),
  );
  const shapes = operands.weights.map((weights) => weights.map(({ shape }) => shape));
  await worker.ask({ do: "prepare", description, inputSize: operands.input.length, shapes, file });
  let first = Number.NaN;
  const time = async (calls: number): Promise<number> => {
    const answer = await worker.ask({ do: "time", calls });
    first = Number(answer["first"]);
    return Number(answer["ms"]);
  };
  return {
    run: async (calls) => void (await time(calls)),
    time,
    consume: () => first,
    async output() {
      const output = join(worker.folder, "output");
      await worker.ask({ do: "output", file: output });
      const bytes = readFileSync(output);
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    },
    dispose: async () => undefined,
  };
}
