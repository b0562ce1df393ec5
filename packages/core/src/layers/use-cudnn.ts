/** The `use_cudnn` argument of LSTM and GRU. */
import { ValueError } from "../errors.ts";
import { formatValue } from "../format.ts";

export type UseCudnn = boolean | "auto";

export function standardizeUseCudnn(value: unknown): UseCudnn {
  if (value === undefined) return "auto";
  if (value === "auto" || typeof value === "boolean") return value;
  throw new ValueError(
    `Invalid value received for argument \`use_cudnn\`. Expected one of {'auto', True, False}. Received: use_cudnn=${formatValue(value)}`,
  );
}

/** Refuses a call that must run on cuDNN. */
export function assertNoCudnn(useCudnn: UseCudnn, layerName: string): void {
  if (useCudnn !== true) return;
  throw new ValueError(
    `use_cudnn=True was specified, but there is no cuDNN here. Pass useCudnn: "auto" to layer '${layerName}'. Received: use_cudnn=True`,
  );
}
