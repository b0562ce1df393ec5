/** `keras.layers`: every class, its factory in lower camel case, and (de)serialization. */

export { deserialize } from "../models/deserialize.ts";
export * from "./classes.ts";
export { serializeLayer as serialize } from "./serialization.ts";
