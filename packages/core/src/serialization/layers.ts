/** `keras.layers.serialize` and `keras.layers.deserialize`. */
import { type CustomObjects, deserializeKerasObject, serializeKerasObject } from "./registry.ts";
import type { KerasObjectJson } from "./json.ts";
