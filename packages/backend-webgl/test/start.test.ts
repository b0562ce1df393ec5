/** Without WebGL: the package imports, and says why it cannot start. */
import { webgl } from "@keras-ts/backend-webgl";
import { expect, it } from "vitest";

it("rejects init with the reason", async () => {
  const backend = webgl();
  await expect(backend.init()).rejects.toThrow(/no WebGL2 in this environment/);
  expect(() => backend.alloc([1])).toThrow(/not started/);
  expect(backend.memory()).toEqual({ buffers: 0, packed: 0, bytes: 0 });
  backend.dispose();
});
