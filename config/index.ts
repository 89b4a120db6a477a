export { loadStackConfig, type LoadedConfig } from "./load";
export { parseStackConfig, readSettings, type PlatformNames, type RawConfig } from "./parse";
export { ConfigError, type Problem } from "./problem";
export type { MachineConfig, StackConfig } from "./schema";
export { isRequired, secretFault } from "./secrets";
