import { type Headscale, withApi } from "./api";

/** A node as its coordinator knows it. */
export interface KnownNode {
  /** Name of the user whose node it is. */
  user: string;
  /** Name that it has in the VPN. */
  name: string;
  addresses: string[];
}

/** All nodes of a Headscale, whoever made them. @throws Unreadable when the server cannot be asked */
export const knownNodes = (headscale: Headscale): Promise<KnownNode[]> =>
  withApi(headscale, async (api) => {
    const answer = await api.call<{
      nodes?: { givenName: string; ipAddresses?: string[]; user?: { name: string } }[];
    }>("GET", "/api/v1/node");
    return (answer?.nodes ?? []).map(({ givenName, ipAddresses = [], user }) => ({
      ...{ user: user?.name ?? "", name: givenName, addresses: ipAddresses },
    }));
  });
