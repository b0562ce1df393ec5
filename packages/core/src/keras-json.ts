/** `keras.json`, the file of defaults that Python Keras keeps in the user's home directory (docs/decisions/0016). */
import { ValueError } from "./errors.ts";
import { formatValue } from "./format.ts";
import type { ConvDataFormat } from "./geometry/conv-geometry.ts";

/** What the file may set; `backend` and other keys are Python's, and ignored. */
export interface KerasJson {
  readonly floatx?: string;
  readonly epsilon?: number;
  readonly imageDataFormat?: ConvDataFormat;
}

/** The parts of Node that reading needs, as far as they are used here. */
interface NodeProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?(id: "node:fs"): NodeFs;
  getBuiltinModule?(id: "node:os"): { homedir(): string };
  getBuiltinModule?(id: "node:path"): { join(...parts: string[]): string };
}

interface NodeFs {
  readonly constants: { readonly W_OK: number };
  accessSync(path: string, mode: number): void;
  existsSync(path: string): boolean;
  readFileSync(path: string, encoding: "utf8"): string;
}

/**
 * The settings of `keras.json`, in Node only: browsers have none. The folder is `KERAS_HOME` as it stands, else `.keras` in the home
 * directory, or in `/tmp` where that cannot be written. ValueError, naming file and key, where the file is not what Keras takes.
 */
export function readKerasJson(): KerasJson {
  const node = nodeProcess();
  const fs = node?.getBuiltinModule?.("node:fs");
  if (!node || !fs) return {};
  const path = kerasJsonPath(node, fs);
  if (!path || !fs.existsSync(path)) return {};
  try {
    return checkKerasJson(JSON.parse(fs.readFileSync(path, "utf8")), path);
  } catch (error) {
    if (error instanceof ValueError) throw error;
    throw new ValueError(
      `Keras's configuration file cannot be read: ${error instanceof Error ? error.message : String(error)} Received: file='${path}'. Correct or delete it.`,
      { cause: error },
    );
  }
}

/** Checks what the file holds. `path` is what messages call the file. */
export function checkKerasJson(content: unknown, path: string): KerasJson {
  const refuse = (what: string, received: string): never => {
    throw new ValueError(`${what} Received: ${received} in file='${path}'. Correct or delete it.`);
  };
  if (typeof content !== "object" || content === null || Array.isArray(content))
    return refuse("Keras's configuration file must hold an object.", formatValue(content));
  const { floatx, epsilon, image_data_format: format } = content as Readonly<Record<string, unknown>>;
  if (floatx !== undefined && !FLOATX.some((name) => name === floatx))
    refuse(
      `Invalid \`floatx\` configuration. Expected one of {${FLOATX.join(", ")}}.`,
      `floatx=${formatValue(floatx)}`,
    );
  if (epsilon !== undefined && typeof epsilon !== "number")
    refuse("Invalid `epsilon` configuration. Expected a float.", `epsilon=${formatValue(epsilon)}`);
  if (format !== undefined && format !== "channels_last" && format !== "channels_first") {
    refuse(
      "Invalid `image_data_format` configuration. Expected one of {channels_last, channels_first}.",
      `image_data_format=${formatValue(format)}`,
    );
  }
  return {
    ...(floatx === undefined ? {} : { floatx: String(floatx) }),
    ...(typeof epsilon === "number" ? { epsilon } : {}),
    ...(format === "channels_last" || format === "channels_first" ? { imageDataFormat: format } : {}),
  };
}

// bfloat16 is refused in the file, though `setFloatx` takes it.
const FLOATX = ["float16", "float32", "float64"] as const;

function nodeProcess(): NodeProcess | null {
  const { process } = globalThis as {
    readonly process?: NodeProcess & { readonly versions?: { readonly node?: string } };
  };
  return process?.versions?.node ? process : null;
}

function kerasJsonPath(node: NodeProcess, fs: NodeFs): string | null {
  const os = node.getBuiltinModule?.("node:os");
  const path = node.getBuiltinModule?.("node:path");
  if (!os || !path) return null;
  const { KERAS_HOME: kerasHome } = node.env;
  if (kerasHome !== undefined) return path.join(kerasHome.replace(/^~(?=$|\/)/, os.homedir()), "keras.json");
  return path.join(canWrite(fs, os.homedir()) ? os.homedir() : "/tmp", ".keras", "keras.json");
}

function canWrite(fs: NodeFs, folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
