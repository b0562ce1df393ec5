/** The buffers that a compiled graph runs in when it runs on arrays: its arena and its workspace. */
import type { Backend, DeviceBuffer } from "../backend/backend.ts";
import type { CompiledGraph } from "./compile.ts";

/** Allocated by the first `allocate`, held until `free`. */
export class GraphMemory {
  /** By slot. Empty until allocated. */
  readonly buffers: DeviceBuffer[] = [];
  workspace: DeviceBuffer | null = null;
  /** What is freed here. */
  #own: DeviceBuffer[] = [];
  readonly #backend: Backend;
  readonly #graph: CompiledGraph;

  constructor(backend: Backend, graph: CompiledGraph) {
    this.#backend = backend;
    this.#graph = graph;
  }

  get allocated(): boolean {
    return this.buffers.length > 0;
  }

  /** One buffer a slot, those of `given` by their slots: the caller's, who frees them. Nothing is held where it throws. */
  allocate(given: ReadonlyMap<number, DeviceBuffer> = new Map()): void {
    const { arena, workspace } = this.#graph;
    const alloc = (shape: readonly number[]): DeviceBuffer => {
      const buffer = this.#backend.alloc(shape);
      this.#own.push(buffer);
      return buffer;
    };
    try {
      const buffers = arena.slots.map(({ shape }, slot) => given.get(slot) ?? alloc(shape));
      if (workspace > 0) this.workspace = alloc([workspace]);
      this.buffers.push(...buffers);
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** Frees all but what was given. */
  free(): void {
    for (const buffer of this.#own) this.#backend.free(buffer);
    this.#own = [];
    this.buffers.length = 0;
    this.workspace = null;
  }
}
