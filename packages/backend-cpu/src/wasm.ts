/** Unpacks, compiles and starts the kernels: the relaxed-SIMD build where the engine accepts it, else the plain one. */
import { RELAXED_SIMD_WASM } from "./generated/relaxed-simd.ts";
import { SIMD_WASM } from "./generated/simd.ts";

/** Kernels take the address of their parameter block (`assembly/index.ts`). */
export type Kernel = (block: number) => void;

const KERNEL_NAMES = [
  "binary",
  "concat",
  "convDepthwise",
  "convDepthwiseMultiplier",
  "convDot",
  "convFold",
  "convGemm",
  "convWinograd",
  "copy",
  "filterGradDense",
  "filterGradDepthwise",
  "gather",
  "gatherGrad",
  "packPanels",
  "poolGradMax",
  "poolGradMean",
  "poolMax",
  "poolMaxRows",
  "poolMean",
  "poolMeanRows",
  "poolMeanWide",
  "reduce",
  "reduceMax",
  "resample",
  "selectRuns",
  "softmax",
  "sparsemax",
  "sparsemaxGrad",
  "transformPanels",
  "transpose",
  "unary",
  "unaryGrad",
] as const;

export type KernelName = (typeof KERNEL_NAMES)[number];

type PackStrided = (
  from: number,
  to: number,
  n0: number,
  n1: number,
  n2: number,
  s0: number,
  s1: number,
  s2: number,
) => void;

export interface KernelModule {
  /** What kernel names end with. */
  readonly target: "simd" | "relaxed_simd";
  readonly memory: WebAssembly.Memory;
  readonly heapBase: number;
  readonly kernels: Readonly<Record<KernelName, Kernel>>;
  readonly packStrided: PackStrided;
}

/** Starts the module with a memory of its own. Rejects where WebAssembly or SIMD is missing. */
export async function startKernels(relaxed: boolean, maximumPages: number): Promise<KernelModule> {
  if (typeof WebAssembly === "undefined") throw new Error("This JavaScript engine has no WebAssembly.");
  const { bytes, target } = await chooseBuild(relaxed);
  const memory = new WebAssembly.Memory({ initial: Math.min(16, maximumPages), maximum: maximumPages });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory, abort } });
  const { exports } = instance;
  const kernels = {} as Record<KernelName, Kernel>;
  for (const name of KERNEL_NAMES) kernels[name] = exportedFunction(exports, name);
  return {
    target,
    memory,
    heapBase: Number(exportedFunction(exports, "heapBase")()),
    kernels,
    packStrided: exportedFunction(exports, "packStrided"),
  };
}

async function chooseBuild(relaxed: boolean): Promise<{ bytes: BufferSource; target: KernelModule["target"] }> {
  if (relaxed) {
    const bytes = await unpack(RELAXED_SIMD_WASM);
    if (WebAssembly.validate(bytes)) return { bytes, target: "relaxed_simd" };
  }
  const bytes = await unpack(SIMD_WASM);
  if (!WebAssembly.validate(bytes)) throw new Error("This JavaScript engine has no WebAssembly SIMD.");
  return { bytes, target: "simd" };
}

async function unpack(base64: string): Promise<ArrayBuffer> {
  const packed = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer();
}

function exportedFunction(exports: WebAssembly.Exports, name: string): (...numbers: number[]) => number {
  const value = exports[name];
  if (typeof value !== "function") throw new Error(`The kernel module has no function. Received: name=${name}.`);
  return value as (...numbers: number[]) => number;
}

function abort(): never {
  throw new Error("A kernel stopped.");
}
