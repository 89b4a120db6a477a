import { type SmokeChecksInputs, siteFaults, type Transport } from "@vpai/providers";
import { pulumiOutput } from "../stack/pulumi";
import { nameOf } from "../engine/urn";
import { type ExportedState, exportedState } from "../engine/exported";

type SiteChecks = Pick<SmokeChecksInputs, "requests" | "authority" | "patience">;

/** What the last `up` checked on a host; undefined where it checked nothing. */
export const smokeInputsOf = ({ deployment }: ExportedState, host: string): Partial<SmokeChecksInputs> | undefined =>
  deployment?.resources?.find(({ urn }) => nameOf(urn) === `${host}/smoke`)?.inputs;

/**
 * Requests that the last `up` made to see whether a service answers rightly.
 * @param service default: all of the host's
 */
export function checksOf(exported: ExportedState, host: string, service: string | undefined): SiteChecks {
  const { requests = [], authority, patience = 30 } = smokeInputsOf(exported, host) ?? {};
  const isOwn = ({ route }: SiteChecks["requests"][0]): boolean =>
    service === undefined || route.endsWith(` to ${service}`) || route === `a check of ${service}`;
  return { requests: requests.filter(isOwn), patience, ...(authority === undefined ? {} : { authority }) };
}

/** What is wrong with a service's answers, in words; nothing where all is well. @param service default: all of the host's */
export async function smokeFaults(
  stack: string,
  host: string,
  service: string | undefined,
  transport: Transport,
): Promise<string[]> {
  const printed = await pulumiOutput(stack, "stack", "export", "--stack", stack);
  const checks = checksOf(exportedState(printed), host, service);
  return (await siteFaults(transport, checks)).filter((fault) => fault !== undefined);
}
