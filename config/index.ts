export { loadStackConfig, type LoadedConfig } from "./load";
export { parseStackConfig, readSettings, type PlatformNames, type RawConfig, type StackSettings } from "./parse";
export { ConfigError, type Problem } from "./problem";
export {
  ARCHITECTURES,
  SERVICE_GROUPS,
  stackSchema,
  type Architecture,
  type HostConfig,
  type MachineConfig,
  type ServiceGroup,
  type ServiceOverride,
  type StackConfig,
} from "./schema";
export { DEFAULT_SECRET_LENGTH, type SecretDeclaration } from "../model/secret";
export { hcloudToken } from "../components/machines/hcloud/token";
export { isRequired, secretFault } from "./secrets";
