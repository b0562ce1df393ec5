import { cpu } from "@keras-ts/backend-cpu";
import * as keras from "@keras-ts/core";
import { afterAll, beforeAll, vi } from "vitest";
import { outcomes } from "./outcomes.ts";

/** The tests of a file run on cpu without warnings of masks that go lost. Where KERAS_TS_FUZZ asks for many, what came of them is told behind `title`. */
export function onQuietCpu(title = ""): void {
  beforeAll(async () => {
    keras.registerBackend(cpu());
    await keras.setBackend("cpu");
    vi.spyOn(console, "warn").mockImplementation(() => {});
  });
  afterAll(() => {
    vi.restoreAllMocks();
    if (process.env["KERAS_TS_FUZZ"]) console.log(`${title}${outcomes()}`);
  });
}
