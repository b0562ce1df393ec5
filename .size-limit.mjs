// What a page downloads: minified by esbuild, gzip. Each ceiling is the size measured when it was set plus about 10 %; one that
// is raised gets its reason here. `npx size-limit` prints the present sizes.

const outside = ["@tensorflow/*"]; // shared with the rest of the page, and not ours to shrink

export default [
  {
    // The whole of core without tfjs: what every user pays. Raise it for a layer, not for convenience.
    name: "@keras-ts/core, all of it, without tfjs",
    path: "packages/core/dist/index.js",
    ignore: outside,
    gzip: true,
    // Raised from 40 (36.7 measured) for 86 more layer classes, functional models, masks and op nodes of configs: 82.9.
    // Raised from 91 for streams and residuals: 90.2.
    // Raised from 99 for what files hold of layers, plans by size and chains of element-wise work: 98.2.
    limit: "108 kB",
  },
  {
    // Both WebAssembly builds (SIMD, relaxed SIMD) are inside, compressed.
    name: "@keras-ts/backend-cpu, without core and tfjs",
    path: "packages/backend-cpu/dist/index.js",
    ignore: [...outside, "@keras-ts/core"],
    gzip: true,
    // Raised from 49 (45.0 measured) for threads, Winograd's algorithm and the names of two copies of tfjs: 53.6.
    // Raised from 59 for residuals, more Winograd and exponentials, and kernels compiled elsewhere: 59.2.
    // Raised from 65 for element-wise chains, lists of calls and tiles of two shapes: 67.5.
    limit: "74 kB",
  },
  {
    name: "@keras-ts/backend-webgl, without core and tfjs",
    path: "packages/backend-webgl/dist/index.js",
    ignore: [...outside, "@keras-ts/core"],
    gzip: true,
    // Raised from 23 (20.4 measured) for pooling, resampling, padding, selecting and gathering: 25.0.
    limit: "27 kB",
  },
  {
    name: "@keras-ts/saving, without core and tfjs",
    path: "packages/saving/dist/index.js",
    ignore: [...outside, "@keras-ts/core"],
    gzip: true,
    // 40.3 measured.
    limit: "43 kB",
  },
];
