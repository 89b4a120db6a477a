import { readSettings, type RawConfig, type StackConfig, titleOf } from "../../config";
import { labServices } from "../../config/lab-services";
import type { Bucket } from "../../model/bucket";
import type { HostView } from "../../model/context";
import { problemsOf } from "../../model/finding";
import type { SecretDeclaration } from "../../model/secret";
import { platformNamed, platformNames, stackViews } from "../../platforms";
import { otherTakersOf, takersOf } from "../../platforms/logins";
import { pulumiEnvironment } from "../../toolchain/environment";
import { readStackFile } from "../secrets/stack-file";
import { secretsOf, type StackSecret } from "../secrets/state";
import { nameOf } from "./counter";

/** A stack as its file describes it. */
export interface DescribedStack {
  config: StackConfig;
  /** What runs where. */
  views: readonly HostView[];
  secrets: readonly StackSecret[];
}

/** @throws UserError when the stack's settings have problems */
export async function describedStack(stack: string): Promise<DescribedStack> {
  const raw = await readStackFile(stack);
  const groups = platformNames.find(({ name }) => name === raw.values["vpai:platform"])?.groups ?? [];
  const choice = labServices(stack, pulumiEnvironment(stack)["VPAI_SERVICES"], groups);
  return described({ ...raw, values: { ...raw.values, ...choice } });
}

/** The same of a config that was read. @throws UserError */
export function described(raw: RawConfig): DescribedStack {
  const { config, problems } = readSettings(raw, platformNames);
  if (config === undefined || problems.length > 0) throw problemsOf(titleOf(raw), problems);
  return {
    config,
    views: stackViews(platformNamed(config.platform), config),
    secrets: secretsOf(raw, platformNames),
  };
}

/** The buckets that a stack makes. */
export const bucketsOf = ({ config }: Pick<DescribedStack, "config">): readonly Bucket[] =>
  platformNamed(config.platform).buckets?.(config.settings) ?? [];

/** All of a stack that has a secret, as people know it. */
export const takerNames = (secret: SecretDeclaration, described: DescribedStack): string[] => [
  ...takersOf(secret, described.views).map(nameOf),
  ...otherTakersOf(secret, { views: described.views, stack: described.config }, bucketsOf(described)),
];
