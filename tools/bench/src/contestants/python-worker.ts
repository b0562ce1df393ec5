/** A Python program of `python/` that answers messages, a line of JSON each. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Task } from "../workloads/task.ts";

export type Answer = Readonly<Record<string, unknown>>;

/** Answers come in the order of the messages. */
export class PythonWorker {
  /** What it says when it has started; rejects with what stood in the way. */
  readonly greeting: Promise<Answer>;
  /** Where files are exchanged; ends with the worker. */
  readonly folder = mkdtempSync(join(tmpdir(), "keras-ts-bench-"));
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = [];

  constructor(python: string, program: string) {
    this.#process = spawn(python, [fileURLToPath(new URL(`../../python/${program}`, import.meta.url))]);
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

  /** Hands over a workload with its numbers. */
  prepare({ description, operands }: Task, output: string): Promise<Answer> {
    const file = join(this.folder, "values");
    const arrays = [operands.input, ...operands.weights.flat().map(({ values }) => values)];
    const bytes = arrays.map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    writeFileSync(file, Buffer.concat(bytes));
    const shapes = operands.weights.map((weights) => weights.map(({ shape }) => shape));
    return this.ask({ do: "prepare", description, inputSize: operands.input.length, shapes, file, output });
  }

  end(): void {
    this.#process.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #next(): Promise<Answer> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Other lines are what libraries print. */
  #take(line: string): void {
    if (!line.startsWith("{")) return;
    const answer = JSON.parse(line) as Answer;
    const waiting = this.#waiting.shift();
    if (answer["error"] !== undefined) waiting?.reject(new Error(String(answer["error"])));
    else waiting?.resolve(answer);
  }
}
