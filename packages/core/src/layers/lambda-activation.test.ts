/** Activations as the function of a Lambda: their options in both spellings, and what they do not know. */
import { expect, it } from "vitest";
import * as activations from "../activations/index.ts";
import { ValueError } from "../errors.ts";
import { Input } from "./input-layer.ts";
import { Lambda } from "./lambda.ts";

const leaky = () => new Lambda({ function: activations.leakyRelu, arguments: { negativeSlope: 0.5 } });

it("options are written under Keras's names and read back under ours", () => {
  const config = leaky().getConfig();
  expect(config.arguments).toEqual({ negative_slope: 0.5 });
  expect(Lambda.fromConfig(config).arguments).toEqual({ negativeSlope: 0.5 });
});

it("an option that the activation does not have is refused by name", () => {
  const layer = new Lambda({ function: activations.relu, arguments: { slope: 0.5 } });
  expect(() => layer.apply(Input({ shape: [3] }))).toThrow(ValueError);
  expect(() => layer.apply(Input({ shape: [3] }))).toThrow(/relu: \{'slope': 0.5\}/);
});

it("neither training nor a mask reaches it", () => {
  const symbol = new Lambda({ function: activations.softmax }).apply(Input({ shape: [3] }), { training: true });
  expect(symbol.shape).toEqual([null, 3]);
});
