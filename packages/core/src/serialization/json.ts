/** The JSON that Keras writes for objects, as types. */

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What `getConfig()` returns: Keras's snake_case keys, in Keras's order. */
export type KerasConfig = Record<string, JsonValue>;

/** One serialised object, as in `config.json` of a `.keras` file. Source: `keras.saving.serialize_keras_object`. */
export type KerasObjectJson = {
  /** Public module such as `keras.layers`; null for classes that Keras does not know. */
  readonly module: string | null;
  readonly class_name: string;
  readonly config: KerasConfig;
  /** null for public built-ins, else `package>Name` or the class's own name. */
  readonly registered_name: string | null;
  readonly build_config?: KerasConfig;
  readonly compile_config?: KerasConfig;
  /** In `.keras` files, on objects that occur more than once: equal numbers are one object. */
  readonly shared_object_id?: number;
  // What a Functional model adds to its layers' entries.
  readonly name?: string;
  readonly inbound_nodes?: JsonValue;
};

/** A serialised function: its name, or `package>name` where it was registered. */
export type KerasFunctionJson = {
  readonly module: string;
  readonly class_name: "function";
  readonly config: string;
  readonly registered_name: string;
};
