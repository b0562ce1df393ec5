/** Reading numbers as the golden tables write them. */
import type { NumberArray } from "../src/run.ts";

/** 0, 1, 2, … in a shape. */
export function arange(...shape: number[]): NumberArray {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, values: Float64Array.from({ length: size }, (_, i) => i) };
}

/** These numbers in a shape; a list where there is none. */
export function array(values: readonly number[], ...shape: number[]): NumberArray {
  return { shape: shape.length > 0 ? shape : [values.length], values };
}

/** `"1 2 −.5 ⅓ 5/12"` as numbers. */
export function parse(text: string): number[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => {
      const [over, under = "1"] = word.replaceAll("−", "-").replace("⅓", "1/3").replace("⅔", "2/3").split("/");
      return Number(over) / Number(under);
    });
}
