/** For this package alone: `vitest run --root tools/parity`. */
import { defineConfig } from "vitest/config";

const conditions = ["@keras-ts/source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: ["test/**/*.test.ts"] },
});
