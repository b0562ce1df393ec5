/** Registers our kernels in tfjs, once for each tfjs backend, and their gradients, once. */
import { runOpKernel } from "../engine/eager.ts";
import { KERNEL_NAMES } from "../engine/kernel-names.ts";
import { registerOpGradients } from "../gradients/register.ts";
import { getKernel, registerKernel } from "../tf.ts";

export function bindToTfjs(tfjsBackend: string): void {
  registerOpGradients();
  for (const kernel of KERNEL_NAMES) {
    if (getKernel(kernel, tfjsBackend)) continue;
    registerKernel({
      kernelName: kernel,
      backendName: tfjsBackend,
      kernelFunc: ({ inputs, attrs }) => runOpKernel(inputs, attrs),
    });
  }
}
