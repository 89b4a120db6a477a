import { type ServiceContext } from "../../../../model/context";
import { SECRETS_FOLDER } from "../../../../model/files";
import { gatewayOf } from "../../../../model/peers";
import type { ContainerService } from "../../../../model/service";
import { hostnameOf } from "../../../../model/site";
import { alloy, type AlloyArgs } from "../../../../programs/alloy";
import type { Stores } from "../../../../programs/alloy/collecting";
import { INGEST_LOGIN, INGEST_SITE, LOGS_PATH, METRICS_PATH } from "../victoriametrics/ingest";

const PASSWORD = "ingest_password";

/** The stores behind their door (docs/decisions/ingest.md). */
function stores({ domain, tls }: ServiceContext): Stores {
  const door = `https://${hostnameOf(INGEST_SITE, domain)}`;
  return {
    metricsUrl: `${door}${METRICS_PATH}`,
    logsUrl: `${door}${LOGS_PATH}`,
    login: { user: INGEST_LOGIN.user, passwordFile: `${SECRETS_FOLDER}/${PASSWORD}` },
    // Another host's authority is not known; that it is that host is what the VPN shows.
    ...(tls === "internal" ? { unverified: true } : {}),
  };
}

/** The door's address by its name: a container need not ask a resolver that knows the VPN's names. */
function doorOf(context: ServiceContext): Record<string, string> {
  const address = gatewayOf(context, { ...INGEST_SITE, path: METRICS_PATH });
  return address === undefined ? {} : { [hostnameOf(INGEST_SITE, context.domain)]: address };
}

/** The collector of a host whose stores are on another one. What it cannot write for a while, it keeps. */
export const remoteAlloy = (args: Omit<AlloyArgs, "stores" | "keys">): ContainerService => ({
  ...alloy({ ...args, stores }),
  extraHosts: doorOf,
  asks: () => [INGEST_SITE],
  secrets: { [PASSWORD]: { secret: INGEST_LOGIN.secret } },
  beside: ["victoriametrics", "loki"],
});
