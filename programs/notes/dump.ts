import { run } from "./program.ts";
import { dumpVault, type DumpSettings } from "./vault-dump.ts";

run<DumpSettings>(dumpVault);
