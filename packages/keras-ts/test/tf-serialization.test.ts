/** tfjs's registry of classes (tf.serialization) and keras-ts's hold the same names, and neither is seen in the other. */
import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";

const { serialization } = tf;

beforeAll(async () => {
  keras.registerBackend(cpu());
  await keras.setBackend("cpu");
});

/** A class of tfjs under a name that Keras has, too. */
class TfjsConv2D extends serialization.Serializable {
  static readonly className = "Conv2D";

  override getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}

const registered = () => ({ ...serialization.SerializationMap.getMap().classNameMap });

test("a class called Conv2D registered with tf.serialization leaves keras-ts's Conv2D alone", () => {
  const config = keras.layers.serialize(keras.layers.conv2d({ filters: 2, kernelSize: 3, name: "stem" }));
  const model = new keras.Sequential({ layers: [keras.Input({ shape: [4, 4, 1] }), keras.layers.deserialize(config)] });
  const json = model.toJSON();
  serialization.registerClass(TfjsConv2D);
  expect(registered()["Conv2D"]?.[0]).toBe(TfjsConv2D);
  const revived = keras.layers.deserialize(config);
  expect(revived).toBeInstanceOf(keras.Conv2D);
  expect(keras.layers.serialize(revived)).toEqual(config);
  expect(keras.modelFromJSON(json).layers[0]).toBeInstanceOf(keras.Conv2D);
  expect(keras.modelFromJSON(json).toJSON()).toBe(json);
  expect(keras.saving.getRegisteredObject("Conv2D")).toBeUndefined();
});

test("a class called Conv2D registered with keras.saving leaves tfjs's and Keras's Conv2D alone", () => {
  serialization.registerClass(TfjsConv2D);
  const before = registered();
  class Conv2D extends keras.Conv2D {
    static override readonly className = "Conv2D";
  }
  keras.saving.registerKerasSerializable("mine")(Conv2D);
  const own = keras.layers.serialize(new Conv2D({ filters: 1, kernelSize: 2 }));
  expect(own).toMatchObject({ module: null, class_name: "Conv2D", registered_name: "mine>Conv2D" });
  expect(keras.layers.deserialize(own)).toBeInstanceOf(Conv2D);
  const kerass = keras.layers.deserialize(keras.layers.serialize(keras.layers.conv2d({ filters: 1, kernelSize: 2 })));
  expect(kerass).not.toBeInstanceOf(Conv2D);
  expect(kerass).toBeInstanceOf(keras.Conv2D);
  expect(registered()).toEqual(before);
  expect(registered()["Conv2D"]?.[0]).toBe(TfjsConv2D);
  expect(serialization.getRegisteredName(TfjsConv2D)).toBe("Custom>Conv2D");
});
