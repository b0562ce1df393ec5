// Node: what `import` and what `require` of a package give is one copy, the file made for Node, with all that the build has.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const files = [];
for (const name of ["@keras-ts/core", "@keras-ts/backend-cpu", "@keras-ts/backend-webgl"]) {
  const file = import.meta.resolve(name);
  if (!file.endsWith("/dist/node/index.mjs")) throw new Error(`${name} is not the file for Node: ${file}`);
  const [imported, required] = [await import(name), require(name)];
  const built = await import(new URL("../index.js", file).href);
  sameNames(name, imported, required, built);
  files.push(`${name}: ${Object.keys(imported).length} names`);
}
console.log(files.join(", "));

/** That all three have the same names, for things that say they are called the same; `keras.ops` and its like with what is in them. */
function sameNames(place, imported, required, built) {
  for (const key of new Set([imported, required, built].flatMap(Object.keys))) {
    const [one, other, inBuild] = [imported[key], required[key], built[key]];
    if (one === undefined || one !== other) throw new Error(`${place}: import and require give another ${key}`);
    if (typeof inBuild !== typeof one || inBuild.name !== one.name)
      throw new Error(`${place}: ${key} is named ${one.name}, in the build ${inBuild?.name}`);
    if (typeof one === "object") sameNames(`${place} ${key}`, one, other, inBuild);
  }
}
