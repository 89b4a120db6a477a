import { z } from "zod";
import type { JsonApi } from "../docker/json-api";
import { type Headscale, withApi } from "./api";

/** A node as Headscale tells of it, as far as we use it. */
const nodeSchema = z.object({
  id: z.string(),
  /** `nodekey:…` */
  nodeKey: z.string(),
  /** Name that the computer gives itself. */
  name: z.string(),
  /** Name that it has in the VPN. */
  givenName: z.string(),
  user: z.object({ name: z.string() }),
  ipAddresses: z.array(z.string()),
  online: z.boolean(),
  /** ISO 8601; absent or in the year 1: never. */
  expiry: z.string().nullable().exactOptional(),
  /** Networks that others may reach by it. */
  approvedRoutes: z.array(z.string()).exactOptional(),
});

export type Node = z.infer<typeof nodeSchema>;

const nodesSchema = z.object({ nodes: z.array(nodeSchema).exactOptional() });

/** All nodes of a Headscale, as it tells of them. */
export async function nodesOf(api: JsonApi): Promise<Node[]> {
  return (await api.call("GET", "/api/v1/node", { answer: nodesSchema }))?.nodes ?? [];
}

/** A node's names and addresses. */
export interface KnownNode {
  /** Name of the user whose node it is. */
  user: string;
  /** Name that it has in the VPN. */
  name: string;
  addresses: string[];
  online: boolean;
  /** When it is out, ISO 8601; undefined: never. */
  expires: string | undefined;
}

/** All nodes of a Headscale, whoever made them. @throws Unreadable when the server cannot be asked */
export const knownNodes = (headscale: Headscale): Promise<KnownNode[]> =>
  withApi(headscale, async (api) =>
    (await nodesOf(api)).map((node) => ({
      ...{ user: node.user.name, name: node.givenName, addresses: node.ipAddresses, online: node.online },
      expires: expiryOf(node),
    })),
  );

/** Deletes a node; succeeds when it is already gone. */
export async function deleteNode(api: JsonApi, { id }: Pick<Node, "id">): Promise<void> {
  await api.call("DELETE", `/api/v1/node/${id}`, { missing: true });
}

/** Gives a node another name in the VPN. */
export async function renameNode(api: JsonApi, { id }: Pick<Node, "id">, name: string): Promise<void> {
  await api.call("POST", `/api/v1/node/${id}/rename/${encodeURIComponent(name)}`);
}

/** Takes back that others may reach networks by a node. */
export async function approveNoRoutes(api: JsonApi, { id }: Pick<Node, "id">): Promise<void> {
  await api.call("POST", `/api/v1/node/${id}/approve_routes`, { body: { routes: [] } });
}

const expiryOf = ({ expiry }: Node): string | undefined =>
  expiry !== undefined && expiry !== null && new Date(expiry).getUTCFullYear() > 1 ? expiry : undefined;

/** Whether a node is out, and has to join anew. */
export const isExpired = (node: Node, now: number = Date.now()): boolean => {
  const expiry = expiryOf(node);
  return expiry !== undefined && Date.parse(expiry) < now;
};
