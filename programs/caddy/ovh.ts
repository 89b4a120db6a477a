import type { SecretFile } from "../../model/files";
import type { SecretDeclaration } from "../../model/secret";
import type { Stack } from "../../model/stack";

/** Whether a stack's gateways prove names by records at OVH. */
const provesByOvh = ({ tls }: Pick<Stack, "tls">): boolean => tls === "acme-ovh";

/** OVH's API has the public names and answers the DNS-01 challenge; a person creates the three keys at OVH. */
const ovh = (name: string, ansible: string, what: string): SecretDeclaration => ({
  name,
  ansible,
  description: `OVH API ${what}, for public names and DNS-01 certificates`,
  origin: "supplied",
  needed: (stack) => provesByOvh(stack) || stack.ovh !== undefined,
});

export const OVH_SECRETS = {
  applicationKey: ovh("ovhApplicationKey", "ovh_application_key", "application key"),
  applicationSecret: ovh("ovhApplicationSecret", "ovh_application_secret", "application secret"),
  consumerKey: ovh("ovhConsumerKey", "ovh_consumer_key", "consumer key"),
} as const;

/** The same as files of a gateway. */
export const OVH_KEYS: Readonly<Record<string, SecretFile>> = {
  ovh_application_key: { secret: OVH_SECRETS.applicationKey },
  ovh_application_secret: { secret: OVH_SECRETS.applicationSecret },
  ovh_consumer_key: { secret: OVH_SECRETS.consumerKey },
};
