/** The rows of the benchmark. */
import type { Description } from "./description.ts";
import { efficientNetB0, mobileNetV1, mobileNetV2, mobileNetV3Small } from "./keras-applications.ts";
import { conv, convLstm, convTranspose, depthwise, separable } from "./single-layers.ts";
import { dsCnn, eegNet, uNet, waveNet } from "./small-models.ts";

/** One row; its name is what reports and `--workload` use. */
export interface Workload {
  readonly name: string;
  readonly kind: "layer" | "model";
  readonly batch: number;
  readonly description: Description;
}

type Describe = (batch: number) => Description;

const LAYERS: Readonly<Record<string, Describe>> = {
  "depthwise 1D T1024 C256 k7": (batch) => depthwise(batch, [1024, 256], 7),
  "depthwise 1D T16000 C32 k31": (batch) => depthwise(batch, [16000, 32], 31),
  "depthwise 1D T64 C16 k3": (batch) => depthwise(batch, [64, 16], 3),
  "separable 1D T1024 128→256 k9": (batch) => separable(batch, [1024, 128], 256, 9),
  "conv 1D T1000 64→128 k5": (batch) => conv(batch, [1000, 64], 128, 5),
  "depthwise 2D 112×112×32 k3": (batch) => depthwise(batch, [112, 112, 32], 3),
  "depthwise 2D 56×56×128 k3 stride 2": (batch) => depthwise(batch, [56, 56, 128], 3, 2),
  "depthwise 2D 14×14×512 k3": (batch) => depthwise(batch, [14, 14, 512], 3),
  "depthwise 2D 28×28×240 k5": (batch) => depthwise(batch, [28, 28, 240], 5),
  "conv 2D 56×56 64→64 k3": (batch) => conv(batch, [56, 56, 64], 64, 3),
  "conv 2D 28×28 256→256 k1": (batch) => conv(batch, [28, 28, 256], 256, 1),
  "separable 2D 56×56 128→128 k3": (batch) => separable(batch, [56, 56, 128], 128, 3),
  "conv transpose 2D 28×28 64→32 k3 stride 2": (batch) => convTranspose(batch, [28, 28, 64], 32, 3, 2),
  "conv 3D 16×16×16 16→32 k3": (batch) => conv(batch, [16, 16, 16, 16], 32, 3),
  "ConvLSTM 2D 8 steps of 16×16 8→16 k3": (batch) => convLstm(batch, [8, 16, 16, 8], 16, 3),
};

const MODELS: Readonly<Record<string, Describe>> = {
  "DS-CNN keyword spotting 49×10": dsCnn,
  "EEGNet 64×128": eegNet,
  "U-Net 128×128": uNet,
  "WaveNet stack T4096": waveNet,
  "MobileNetV1 224×224": mobileNetV1,
  "MobileNetV2 224×224": mobileNetV2,
  "MobileNetV3Small 224×224": mobileNetV3Small,
  "EfficientNetB0 224×224": efficientNetB0,
};

/** Rows that are run with a batch of eight without being asked. */
const BATCHED = [
  "depthwise 1D T1024 C256 k7",
  "separable 1D T1024 128→256 k9",
  "conv 2D 56×56 64→64 k3",
  "DS-CNN keyword spotting 49×10",
  "EEGNet 64×128",
];

export const WORKLOADS: readonly Workload[] = [...atBatch(1), ...atBatch(8, BATCHED)];

/** All rows at a batch, or those of these names; what they are called says which batch it is, unless it is one. */
export function atBatch(batch: number, names?: readonly string[]): Workload[] {
  return [...rows("layer", LAYERS), ...rows("model", MODELS)]
    .filter(({ name }) => names?.includes(name) ?? true)
    .map(({ name, kind, describe }) =>
      workloadOf(batch === 1 ? name : `${name}, batch ${batch}`, kind, batch, describe),
    );
}

/** A workload whose description is written when it is first asked for. */
export function workloadOf(name: string, kind: Workload["kind"], batch: number, describe: Describe): Workload {
  let description: Description | undefined;
  return {
    name,
    kind,
    batch,
    get description() {
      description ??= describe(batch);
      return description;
    },
  };
}

function rows(kind: Workload["kind"], table: Readonly<Record<string, Describe>>) {
  return Object.entries(table).map(([name, describe]) => ({ name, kind, describe }));
}
