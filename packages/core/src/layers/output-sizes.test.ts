/** Sizes that come from arguments which the constructor, as Keras's, lets pass. */
import { expect, it } from "vitest";
import { ValueError } from "../errors.ts";
import * as layers from "./index.ts";
import { Input } from "./input-layer.ts";

it.each([2.5, -2, Number.NaN])("a symbol of height %d is refused by layer and shape", (height) => {
  const resize = () => layers.resizing(Input({ shape: [8, 8, 3] }), { height, width: 3, name: "small" });
  expect(resize).toThrow(ValueError);
  expect(resize).toThrow(new RegExp(`'small'.*output_shape=\\(None, ${height}, 3, 3\\)`, "i"));
});

it("null stands for a size that is not known, also among arguments", () => {
  const height = null as never;
  expect(layers.resizing(Input({ shape: [8, 8, 3] }), { height, width: 3 }).shape).toEqual([null, null, 3, 3]);
});
