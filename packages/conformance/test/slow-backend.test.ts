import { describeBackend } from "../src/index.ts";
import { SlowBackend } from "./slow-backend.ts";

describeBackend(() => new SlowBackend());
