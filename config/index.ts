export { loadStackConfig, type LoadedConfig } from "./load";
export { parseStackConfig, readSettings, type PlatformNames, type RawConfig, type StackSettings } from "./parse";
export { ConfigError, type Problem } from "./problem";
export { stackSchema, type HostConfig, type MachineConfig, type ServiceOverride, type StackConfig } from "./schema";
export { isRequired, secretFault } from "./secrets";
