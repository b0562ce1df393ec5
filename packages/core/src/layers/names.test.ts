import { expect, test } from "vitest";
import { autoName, clearSession, toSnakeCase } from "./names.ts";

// Names that Keras gives to its layers.
test.each([
  ["DepthwiseConv1D", "depthwise_conv1d"],
  ["SeparableConv2D", "separable_conv2d"],
  ["Conv2DTranspose", "conv2d_transpose"],
  ["ConvLSTM2D", "conv_lstm2d"],
  ["ReLU", "re_lu"],
  ["PReLU", "p_re_lu"],
  ["LeakyReLU", "leaky_re_lu"],
  ["ELU", "elu"],
  ["RMSNormalization", "rms_normalization"],
  ["InputLayer", "input_layer"],
  ["GlobalMaxPooling3D", "global_max_pooling3d"],
])("%s is %s", (name, expected) => {
  expect(toSnakeCase(name)).toBe(expected);
});

test("names are counted a class until the session is cleared", () => {
  clearSession();
  expect([autoName("DepthwiseConv1D"), autoName("DepthwiseConv1D"), autoName("DepthwiseConv2D")]).toEqual([
    "depthwise_conv1d",
    "depthwise_conv1d_1",
    "depthwise_conv2d",
  ]);
  clearSession();
  expect(autoName("DepthwiseConv1D")).toBe("depthwise_conv1d");
});
