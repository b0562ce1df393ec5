/** A function, a tensor, or an object with `call`, as an initializer. */
import { ValueError } from "../errors.ts";
import { formatShape } from "../format.ts";
import { isTensor, type Tensor } from "../tf.ts";
import { Initializer } from "./initializer.ts";

/** A user's function: a new tensor of this shape and dtype. */
export type InitializerFunction = (shape: readonly number[], dtype: string) => Tensor;

/** Anything with the method that matters. */
export interface InitializerLike {
  call(shape: readonly number[], dtype: string): Tensor;
}

/** What `get` makes of something that is not an `Initializer` but can serve as one. */
export class CustomInitializer extends Initializer {
  static override readonly className: string = "CustomInitializer";
  /** What the user gave; configs describe it. */
  readonly source: InitializerFunction | InitializerLike;

  constructor(source: InitializerFunction | InitializerLike | Tensor) {
    super();
    this.source = isTensor(source) ? fromTensor(source) : source;
  }

  override call(shape: readonly number[], dtype: string = "float32"): Tensor {
    return typeof this.source === "function" ? this.source(shape, dtype) : this.source.call(shape, dtype);
  }
}

/** Gives copies of the tensor, for weights of exactly its shape. The name is Keras's, which configs show. */
function fromTensor(value: Tensor): InitializerFunction {
  return function initialize_fn(shape) {
    if (shape.length !== value.shape.length || shape.some((n, i) => n !== value.shape[i])) {
      throw new ValueError(
        `Expected \`shape\` to be ${formatShape(value.shape)} for direct tensor as initializer. Received shape=${formatShape(shape)}`,
      );
    }
    return value.clone();
  };
}
