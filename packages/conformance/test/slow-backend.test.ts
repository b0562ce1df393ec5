/** The reference as a backend passes, in Node. `large` is left to real backends: twice the reference takes ten seconds. */
import { describeBackend } from "../src/index.ts";
import { groupsOf } from "../src/run.ts";
import { SlowBackend } from "./slow-backend.ts";

const only = groupsOf()
  .map(({ name }) => name)
  .filter((name) => name !== "large");

describeBackend(() => new SlowBackend(), { only });
