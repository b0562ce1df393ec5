// Bundles the page that replays in a browser: one file, so that the published tool needs no bundler.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
await build({
  absWorkingDir: root,
  entryPoints: ["src/page/main.ts"],
  outfile: join(root, "dist/page/page.js"),
  bundle: true,
  format: "esm",
  target: "es2022",
  // The packages' sources: an edit of a backend is in the next build without building that package first.
  conditions: ["@keras-ts/source", "module", "browser"],
  mainFields: ["module", "main"],
  define: { "process.env.NODE_ENV": '"production"' },
  minify: true,
  legalComments: "eof",
  logLevel: "warning",
});
