/** Checks of the arrays that plans and streams are given. They allocate nothing where all is well: an audio callback runs them. */
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { sizeOf } from "../op/output-shape.ts";

/** What arrays must hold. */
export interface ArraySizes {
  /** "plan", "stream": whose they are. */
  readonly owner: string;
  /** "inputs", "outputs": what they are. */
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly sizes: readonly number[];
}

export function arraySizes(owner: string, name: string, shapes: readonly (readonly number[])[]): ArraySizes {
  return { owner, name, shapes, sizes: shapes.map(sizeOf) };
}

/** Throws ValueError where there is not one Float32Array of the right length for each shape. */
export function checkArrays(arrays: readonly Float32Array[], expected: ArraySizes): void {
  const { sizes } = expected;
  if (!Array.isArray(arrays) || arrays.length !== sizes.length) throw wrongCount(arrays, expected);
  for (let i = 0; i < sizes.length; i++) {
    const array: unknown = arrays[i];
    if (!(array instanceof Float32Array) || array.length !== sizes[i]) throw wrongArray(array, i, expected);
  }
}

function wrongCount(arrays: unknown, { owner, name, sizes }: ArraySizes): ValueError {
  return new ValueError(
    `The ${owner} takes ${sizes.length} ${name}. Received: ${name}.length=${Array.isArray(arrays) ? arrays.length : typeof arrays}`,
  );
}

function wrongArray(array: unknown, i: number, { owner, name, shapes, sizes }: ArraySizes): ValueError {
  if (!(array instanceof Float32Array))
    return new ValueError(`${name}[${i}] must be a Float32Array. Received: ${Object.prototype.toString.call(array)}`);
  return new ValueError(
    `${name}[${i}] must hold ${sizes[i]} values for shape ${formatShape(shapes[i] ?? [])}. Received: length=${array.length}` +
      (array.length === 0
        ? `. A view of the ${owner}'s memory ends when that memory grows: read ${owner}.inputs and ${owner}.outputs again.`
        : ""),
  );
}
