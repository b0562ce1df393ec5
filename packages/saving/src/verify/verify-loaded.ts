/** The step behind `loadModel(…, { verify: true })`. */
import { type Model, ValueError } from "@keras-ts/core";
import type { FileLimits } from "../limits.ts";
import { parseSamples, SAMPLES } from "./samples.ts";
import { VerificationError, verifyModel } from "./verify-model.ts";

/**
 * Compares a model with the samples of its file. Throws VerificationError where it differs, ValueError where there are no samples.
 *
 * @param file the name of the model's file
 */
export async function verifyWith(
  model: Model,
  samples: Uint8Array | null,
  file: string,
  limits?: FileLimits,
): Promise<void> {
  if (samples === null)
    throw new ValueError(
      `"${file}" has no samples to verify it with. Put some in: python -m keras_ts_fixtures ${file} --samples 3 --embed`,
    );
  const verification = await verifyModel(model, parseSamples(samples, `${file}/${SAMPLES}`, limits));
  if (!verification.agrees) throw new VerificationError(file, verification);
}
