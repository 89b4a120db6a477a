import { ConfigError, parseStackConfig, type PlatformNames, type Problem, type RawConfig } from "../../../config";
import { PLATFORM } from "./example";

/** The error that a config ends in. @throws when it is accepted */
export const errorOf = (raw: RawConfig, platform: PlatformNames = PLATFORM): ConfigError => {
  try {
    parseStackConfig(raw, [platform]);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("expected a ConfigError, but the config was accepted");
};

export const problemsOf = (raw: RawConfig): readonly Problem[] => errorOf(raw).problems;

export const keysOf = (raw: RawConfig): string[] => problemsOf(raw).map(({ key }) => key);
