// Promises only: a promise nobody awaits needs types across packages to be seen, which biome does not have. The rest is biome's.

import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/dist/**", "**/generated/**", "**/*.mjs", "**/*.js", "**/assembly/**", "examples/**", "fixtures/**"] },
  {
    files: ["packages/*/{src,test}/**/*.ts", "tools/*/{src,test}/**/*.ts"],
    plugins: { "@typescript-eslint": tseslint.plugin },
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    rules: { "@typescript-eslint/no-floating-promises": "error", "@typescript-eslint/no-misused-promises": "error" },
  },
);
