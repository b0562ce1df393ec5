/** The Python that tests ask what it makes of our files: named by KERAS_TS_PYTHON, or made by `npm run fixtures -- --environment`. */
import { existsSync } from "node:fs";
import { join } from "node:path";

const venv = join(import.meta.dirname, "../../../tools/fixtures/.venv/bin/python");

/** Its path, or null. */
export const python: string | null = process.env["KERAS_TS_PYTHON"] ?? (existsSync(venv) ? venv : null);

/** What the title of a test that needs it ends with where there is none. */
export const unlessPython = python
  ? ""
  : " (skipped: no Python with Keras; set KERAS_TS_PYTHON, or run npm run fixtures -- --environment)";
