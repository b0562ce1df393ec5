/** How far freshly drawn weights may be off, by their initializer: most are equal to the bit. */
import { type Json, property } from "../suite/manifest.ts";
import { EPSILON, NORMAL_DRAW, RELATIVE } from "./agreement.ts";

/** 0 where the initializer's numbers are exact, else how far normal draws may be off, relative to themselves. */
export function drawnWith(config: Json, weightName: string): number {
  const role = weightName.replace(/_?kernel$/, "");
  const candidates = [
    `${weightName}_initializer`,
    `${role}_initializer`,
    ...(weightName === "kernel" ? ["kernel_initializer", "depthwise_initializer"] : []),
  ];
  const initializer = candidates.map((name) => property(config, name)).find((found) => found !== undefined);
  return initializer === undefined ? 0 : initializerSpread(initializer);
}

/** The same for an initializer in its serialized form. */
export function initializerSpread(initializer: Json): number {
  const className = String(property(initializer, "class_name") ?? initializer);
  if (/orthogonal/i.test(className)) return 64 * EPSILON; // a QR factorisation: rounding of a few dozen reflections
  if (/^stft/i.test(className)) return RELATIVE; // a sine, a window's value, their product and a quotient, each rounded
  const distribution = String(property(property(initializer, "config"), "distribution") ?? "");
  return /normal/i.test(className) || /normal/.test(distribution) ? NORMAL_DRAW : 0;
}
