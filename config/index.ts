export { arrivalTo, connectionTo } from "./connection";
export { loadStackConfig, type LoadedConfig } from "./load";
export { parseStackConfig, readSettings, ROTATING, titleOf, type PlatformNames, type RawConfig } from "./parse";
export type { MachineConfig, StackConfig } from "./schema";
export { isRequired, readSecret } from "./secrets";
