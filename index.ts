import "./toolchain/quiet-sdk";
import { programEnd } from "./components/docker/end-program";
import { deploy } from "./components/stack";
import type { LateStackOutputs } from "./components/stack/outputs";
import { loadStackConfig } from "./config";
import { readLock } from "./images/lock";
import { platformNamed, platformNames } from "./platforms";

const config = loadStackConfig(platformNames);

/** By host: how to log in, its public address, its services with image and URLs. */
export const hosts: LateStackOutputs["hosts"] = deploy(platformNamed(config.platform), config, readLock());

void programEnd.then(() => process.exit(1));
