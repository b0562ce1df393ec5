/** A program as one minified script for a page. */
import { type BuildOptions, build } from "esbuild";

/** `program`: an entry point, or text from standard input. `external`: packages that stay imports. */
export async function bundleForPage(
  program: Pick<BuildOptions, "entryPoints" | "stdin">,
  external: readonly string[] = [],
): Promise<Uint8Array> {
  const { outputFiles } = await build({
    ...program,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    write: false,
    logLevel: "silent", // what fails is thrown, with esbuild's message
    external: [...external],
  });
  const [file] = outputFiles;
  if (!file) throw new Error("The page's program was not built.");
  return file.contents;
}
