/** A contestant in a process of its own, which holds its own clock: libraries that change what others see, and other numbers of threads. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Description } from "../workloads/description.ts";
import type { Task } from "../workloads/task.ts";
import type { Contestant, Runner } from "./contestant.ts";

export type Message =
  | { readonly do: "start" | "output" | "dispose" | "close" }
  | { readonly do: "prepare"; readonly name: string; readonly description: Description }
  | { readonly do: "time"; readonly calls: number };

/** What a message asked for, or why it could not be done. */
export interface Answer {
  readonly error?: string;
  readonly note?: string | undefined;
  readonly threads?: number;
  readonly ms?: number;
  /** The first element of the last output. */
  readonly first?: number;
  readonly output?: Float32Array;
}

const HOST = fileURLToPath(new URL("./remote-host.js", import.meta.url));

export interface RemoteOptions {
  /** As in `startOne`. */
  readonly library: string;
  /** In reports. */
  readonly name: string;
  readonly threads?: number;
  readonly plainSimd?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** Arguments of Node, beside those of this process. */
  readonly nodeArguments?: readonly string[];
}

export async function remote(options: RemoteOptions): Promise<Contestant> {
  const host = new Host(options);
  try {
    const { note, threads = 1 } = await host.ask({ do: "start" });
    return {
      name: options.name,
      runtime: "node",
      threads,
      ...(note === undefined ? {} : { note }),
      prepare: (task) => prepare(host, task),
      close: () => host.close(),
    };
  } catch (error) {
    host.end();
    throw error;
  }
}

/** Answers come in the order of the messages. */
class Host {
  readonly #process: ChildProcess;
  readonly #waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = [];

  constructor({ library, threads = 1, plainSimd = false, environment = {}, nodeArguments = [] }: RemoteOptions) {
    const env = { ...process.env, ...environment };
    this.#process = fork(HOST, [library, String(threads), plainSimd ? "plain" : ""], {
      serialization: "advanced",
      env,
      execArgv: [...process.execArgv, ...nodeArguments],
      // What libraries log on their way is not for the report; it is kept for the case that the process ends.
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let complaints = "";
    this.#process.stderr?.on("data", (text: Buffer) => {
      complaints = `${complaints}${text.toString()}`.slice(-1000);
    });
    const fail = (error: Error): void => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    };
    this.#process.on("error", fail);
    this.#process.on("exit", (code) =>
      fail(new Error(`The process of ${library} ended with status ${code}. ${complaints.trim()}`)),
    );
    this.#process.on("message", (answer: Answer) => {
      const waiting = this.#waiting.shift();
      if (answer.error === undefined) waiting?.resolve(answer);
      else waiting?.reject(new Error(answer.error));
    });
  }

  ask(message: Message): Promise<Answer> {
    if (!this.#process.connected) return Promise.reject(new Error("The process has ended."));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.send(message);
    });
  }

  /** Lets it end what it started. */
  async close(): Promise<void> {
    await this.ask({ do: "close" }).catch(() => undefined);
    this.end();
  }

  end(): void {
    this.#process.kill();
  }
}

async function prepare(host: Host, { name, description }: Task): Promise<Runner> {
  await host.ask({ do: "prepare", name, description });
  let first = Number.NaN;
  const time = async (calls: number): Promise<number> => {
    const answer = await host.ask({ do: "time", calls });
    first = answer.first ?? Number.NaN;
    return answer.ms ?? Number.NaN;
  };
  return {
    run: async (calls) => void (await time(calls)),
    time,
    consume: () => first,
    output: async () => (await host.ask({ do: "output" })).output ?? new Float32Array(0),
    dispose: async () => void (await host.ask({ do: "dispose" })),
  };
}
