/** `keras.initializers`. */
export { Constant, type ConstantArgs, Identity, type IdentityArgs, Ones, Zeros } from "./constant-initializers.ts";
export type { InitializerFunction, InitializerLike } from "./custom-initializer.ts";
export { deserialize, get, type InitializerIdentifier, serialize } from "./get.ts";
export { Initializer } from "./initializer.ts";
export { Orthogonal, type OrthogonalArgs } from "./orthogonal.ts";
export {
  RandomInitializer,
  type RandomInitializerArgs,
  RandomNormal,
  type RandomNormalArgs,
  RandomUniform,
  type RandomUniformArgs,
  TruncatedNormal,
} from "./random-initializers.ts";
export { STFT, type STFTArgs } from "./stft.ts";
export {
  computeFans,
  type FanArgs,
  type FanMode,
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  LecunNormal,
  LecunUniform,
  type ScaledDistribution,
  VarianceScaling,
  type VarianceScalingArgs,
} from "./variance-scaling.ts";
