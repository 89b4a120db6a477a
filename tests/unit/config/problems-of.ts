import { parseStackConfig, type PlatformNames, type RawConfig } from "../../../config";
import { type Finding, UserError } from "../../../model/finding";
import { PLATFORM } from "./example";

/** The error that a config ends in. @throws when it is accepted */
export const errorOf = (raw: RawConfig, platform: PlatformNames = PLATFORM): UserError => {
  try {
    parseStackConfig(raw, [platform]);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("expected a UserError, but the config was accepted");
};

export const problemsOf = (raw: RawConfig): readonly Finding[] => errorOf(raw).findings;

export const keysOf = (raw: RawConfig): string[] => problemsOf(raw).map(({ where }) => where);
