import { collect, type CollectorSettings } from "./collector.ts";
import { run } from "./program.ts";

run<CollectorSettings>(collect);
