/**
 * Unpacks and compiles the kernels, the relaxed-SIMD build where the engine accepts it, else the plain one; and starts them. Apart from each
 * other, since an AudioWorklet has nothing to unpack with.
 */
import { kernelBytes } from "./kernel-bytes.ts";

/** Kernels take the address of their parameter block (`assembly/index.ts`). */
export type Kernel = (block: number) => void;

export const KERNEL_NAMES = [
  "binary",
  "concat",
  "convDepthwise",
  "convDepthwiseMultiplier",
  "convDot",
  "convFold",
  "convGemm",
  "convWinograd",
  "convWinograd1d",
  "copy",
  "elementwise",
  "elementwisePacked",
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
  "separable",
  "softmax",
  "sparsemax",
  "sparsemaxGrad",
  "transformPanels",
  "transformPanels1d",
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

/** `assembly/run-list.ts`: all numbers are addresses. */
type RunList = (begin: number, end: number, addresses: number) => void;

/** Compiled kernels. They can be posted to a worker or an AudioWorklet of the same page. */
export interface CpuKernels {
  /** What kernel names end with. */
  readonly target: "simd" | "relaxed_simd";
  readonly module: WebAssembly.Module;
}

/** Kernels that run in a memory; workers start with the same module and memory. */
export interface KernelModule extends CpuKernels {
  readonly memory: WebAssembly.Memory;
  readonly heapBase: number;
  readonly kernels: Readonly<Record<KernelName, Kernel>>;
  readonly packStrided: PackStrided;
  /** Where each kernel stands in the module's table, for `runList`. */
  readonly places: Readonly<Record<KernelName, number>>;
  readonly runList: RunList;
}

/** Unpacks and compiles the build for this engine. Rejects where WebAssembly or SIMD is missing. */
export async function compileKernels(relaxed: boolean, shared: boolean): Promise<CpuKernels> {
  if (typeof WebAssembly === "undefined") throw new Error("This JavaScript engine has no WebAssembly.");
  if (!accepts(POPCNT)) throw new Error("This JavaScript engine has no WebAssembly SIMD.");
  const target = relaxed && accepts([...RELAXED_MADD, ...RELAXED_SWIZZLE]) ? "relaxed_simd" : "simd";
  const bytes = await kernelBytes(target);
  if (shared) markShared(bytes);
  return { target, module: await WebAssembly.compile(bytes) };
}

/** Starts compiled kernels with a memory of their own, shared if they were compiled for that. */
export async function startKernels(
  { target, module }: CpuKernels,
  maximumPages: number,
  shared: boolean,
): Promise<KernelModule> {
  const memory = new WebAssembly.Memory({ initial: Math.min(16, maximumPages), maximum: maximumPages, shared });
  const { exports } = await WebAssembly.instantiate(module, { env: { memory, abort } });
  const kernels = {} as Record<KernelName, Kernel>;
  for (const name of KERNEL_NAMES) kernels[name] = exportedFunction(exports, name);
  return {
    target,
    module,
    memory,
    heapBase: Number(exportedFunction(exports, "heapBase")()),
    kernels,
    packStrided: exportedFunction(exports, "packStrided"),
    places: placesInTable(exports.table, kernels),
    runList: exportedFunction(exports, "runList"),
  };
}

const LOCAL_GET_0 = [0x20, 0];
/** Of the value on the stack: `i8x16.popcnt`, which the drafts of SIMD came to last. */
const POPCNT = [0xfd, 0x62];
/** What the relaxed build is made of, their other operands first: `f32x4.relaxed_madd`, `i8x16.relaxed_swizzle`. */
const RELAXED_MADD = [...LOCAL_GET_0, ...LOCAL_GET_0, 0xfd, 0x85, 0x02];
const RELAXED_SWIZZLE = [...LOCAL_GET_0, 0xfd, 0x80, 0x02];

const WASM_VERSION_1 = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const ONE_TYPE_V128_TO_V128 = [1, 6, 1, 0x60, 1, 0x7b, 1, 0x7b];
const ONE_FUNCTION_OF_IT = [3, 2, 1, 0];

/** Whether the engine knows instructions, by a module of one small function: validating all kernels takes it as long as compiling them. */
function accepts(instructions: readonly number[]): boolean {
  const body = [0, ...LOCAL_GET_0, ...instructions, 0x0b]; // no locals; end
  const code = [10, body.length + 2, 1, body.length, ...body];
  return WebAssembly.validate(
    Uint8Array.of(...WASM_VERSION_1, ...ONE_TYPE_V128_TO_V128, ...ONE_FUNCTION_OF_IT, ...code),
  );
}

/** How a module says that it imports the memory `env.memory`, in the binary format: names with their lengths, then 2 for a memory. */
const MEMORY_IMPORT = [3, ..."env", 6, ..."memory", 2].map((part) =>
  typeof part === "number" ? part : part.charCodeAt(0),
);
const LIMITED = 1;
const LIMITED_AND_SHARED = 3;

/**
 * Makes the module import a shared memory: one flag. The code is the same, for kernels never wait for each other, and a third and a fourth
 * build would be shipped for a bit.
 */
function markShared(bytes: Uint8Array): void {
  const at = bytes.findIndex((_, i) => MEMORY_IMPORT.every((byte, j) => bytes[i + j] === byte));
  const flags = at + MEMORY_IMPORT.length;
  if (at < 0 || bytes[flags] !== LIMITED) throw new Error("The kernel module does not import its memory as expected.");
  bytes[flags] = LIMITED_AND_SHARED;
}

/** Puts the kernels into the module's table, by which one of its functions calls others. */
function placesInTable(
  table: WebAssembly.ExportValue | undefined,
  kernels: KernelModule["kernels"],
): Record<KernelName, number> {
  if (!(table instanceof WebAssembly.Table)) throw new Error("The kernel module exports no table.");
  const first = table.grow(KERNEL_NAMES.length);
  const places = {} as Record<KernelName, number>;
  for (const [i, name] of KERNEL_NAMES.entries()) {
    table.set(first + i, kernels[name]);
    places[name] = first + i;
  }
  return places;
}

function exportedFunction(exports: WebAssembly.Exports, name: string): (...numbers: number[]) => number {
  const value = exports[name];
  if (typeof value !== "function") throw new Error(`The kernel module has no function. Received: name=${name}.`);
  return value as (...numbers: number[]) => number;
}

function abort(): never {
  throw new Error("A kernel stopped.");
}
