#!/usr/bin/env node
import { main } from "../dist/cli/main.js";

// `keras-ts … | head` closes the pipe when it has seen enough.
process.stdout.on("error", (error) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
