import { lookUntil } from "../../model/look-until";
import type { HttpServer } from "../docker/http";
import type { JsonApi } from "../docker/json-api";
import type { Guarded } from "../guard";
import { inTurn, moveNode } from "../headscale/address";
import { withApi } from "../headscale/api";
import { makeKey } from "../headscale/keys";
import { approveNoRoutes, deleteNode, isExpired, type Node, nodesOf, renameNode } from "../headscale/nodes";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { Transport, transportTo } from "../ssh/transport";
import { becomesMember, faultOf, join, type Status, statusOf } from "../tailscale/client";
import { Unreadable } from "../unreadable";
import { warn } from "../warn";

/** The Headscale that a computer is a node of. */
interface Coordinator {
  connection: Connection;
  server: HttpServer;
  /** Absolute path of its database on its host. */
  database: string;
}

/** A computer as a node of a VPN, at an address. */
export interface HeadscaleNodeInputs {
  connection: Connection;
  headscale: Coordinator;
  /** Where nodes come to: `https://…` */
  url: string;
  /** Name of the user whose node it is. */
  user: string;
  /** Its name in the VPN. */
  node: string;
  /** IPv4 address that it has there. */
  address: string;
  /** The client's command, an absolute path. */
  command: string;
  /** Whose certificate the server has where that is no public authority's: root in a container of its host, and where the client looks for it. */
  authority?: { container: string; file: string; trusted: string; /** The client's unit. */ unit: string };
  condition: "joined";
}

interface HeadscaleNodeState extends Omit<HeadscaleNodeInputs, "condition"> {
  condition: string;
}

/** Minutes that a key is good for which was made for a computer that joins at once. */
const KEY_MINUTES = 5;

/** Seconds until a client has taken on another address, most of which it waits before it comes again. */
const PATIENCE = 120;

/** Looks at a server that starts again. */
const LOOKS = { looks: 30, pause: 1000 };

/** How long a computer may be out of the VPN when nobody is there any more to bring it in. */
const GUARD_SECONDS = 60;

/** How long joining and moving may take together. */
const LONGEST = 300;

/** Seconds that a computer has to let us in when its node is removed, and then to be logged out. */
const FAREWELL = 20;

/** Whether the client was up, and how it comes to be so again. */
const SAVE = '"$1" status --json --peers=false >status || :';
const RESTORE = `if grep -q '"BackendState": "Running"' status; then "$1" up --timeout=20s; else "$1" down; fi || :`;

/** A login that came through the VPN, or that the client's packet filter refuses, comes back with the client as it was. */
const guarded: Guarded<HeadscaleNodeInputs, HeadscaleNodeState> = {
  name: "vpn-node",
  seconds: GUARD_SECONDS,
  longest: LONGEST,
  logins: ({ connection }) => ({ before: connection, after: connection }),
  save: ({ command }) => ({ text: SAVE, args: [command] }),
  restore: ({ command }) => ({ text: RESTORE, args: [command] }),
};

export const headscaleNodeKind: Kind<HeadscaleNodeInputs, HeadscaleNodeState> = {
  version: 1,
  identity: ["node"],
  title: ({ node, connection }) => `VPN node ${node} on ${connection.host}`,
  guarded,
  async ensure(inputs, before) {
    const computer = transportTo(inputs.connection);
    await trust(computer, inputs);
    return inTurn(serverName(inputs), () =>
      withApi(inputs.headscale, async (api) => {
        // One that is in goes on at the address by which it came, and falls out when nobody answers there any more.
        const isElsewhere = before !== undefined && before.url !== inputs.url;
        const found = await joined(api, computer, inputs);
        const own = found === undefined || isElsewhere ? await joinAnew(api, computer, inputs) : found;
        await removeOlder(api, own, inputs);
        if (own.givenName !== inputs.node) await renameNode(api, own, inputs.node);
        if (routesOf(own).length > 0) await approveNoRoutes(api, own);
        if (!own.ipAddresses.includes(inputs.address)) await move(api, own, inputs);
        const fault = await becomesMember(computer, inputs.command, { address: inputs.address, seconds: PATIENCE });
        if (fault === undefined) return inputs;
        throw new Error(
          `${inputs.node} on ${computer.name}: expected a node of the VPN at ${inputs.address}, found it ${fault} ` +
            `after ${PATIENCE} s: look at \`journalctl -u tailscaled\` there, then run up again`,
        );
      }),
    );
  },
  async observe(state) {
    const status = await statusOf(transportTo(state.connection), state.command);
    const own = await withApi(state.headscale, async (api) => ownOf(await nodesOf(api), status));
    if (own === undefined) return undefined;
    const condition = faultOf(status, state.address) ?? faultAtServer(own, state) ?? "joined";
    return { ...state, condition };
  },
  /** At the server first: a computer that is dead or stolen is out of the VPN whatever becomes of it. */
  async remove(state) {
    await withApi(state.headscale, async (api) => {
      for (const one of await nodesOf(api)) if (isOurs(one, state)) await deleteNode(api, one);
    });
    await logOut(state);
  },
};

/** Has a computer forget that it was a node, as far as it can be reached. */
async function logOut({ connection, command, node }: HeadscaleNodeState): Promise<void> {
  const computer = new Transport(connection, FAREWELL * 1000);
  try {
    await computer.output(["timeout", String(FAREWELL), command, "logout"]);
  } catch (error) {
    warn(
      `${node} is no node of the VPN any more, but its computer was not logged out: ${(error as Error).message}. ` +
        `Where it is still yours, run \`${command} logout\` there.`,
    );
  } finally {
    computer.close();
  }
}

const serverName = ({ headscale: { connection, server } }: HeadscaleNodeInputs): string =>
  `${server.container} on ${connection.host}`;

/** The node that a computer is, by its key. */
const ownOf = (nodes: readonly Node[], { Self }: Status): Node | undefined =>
  nodes.find(({ nodeKey }) => nodeKey === Self.PublicKey);

const isOurs = ({ user, name, givenName }: Node, { user: wanted, node }: HeadscaleNodeState): boolean =>
  user.name === wanted && [name, givenName].includes(node);

const routesOf = ({ approvedRoutes = [] }: Node): readonly string[] => approvedRoutes;

function faultAtServer(own: Node, { user, node }: HeadscaleNodeState): string | undefined {
  if (isExpired(own)) return "expired";
  if (own.user.name !== user) return `a node of ${own.user.name}`;
  if (own.givenName !== node) return `named ${own.givenName}`;
  const routes = routesOf(own).join(", ");
  return routes === "" ? undefined : `a way to ${routes}`;
}

/** The node that the computer is already; undefined where it has to join. One that it is for another user goes, with its address. */
async function joined(api: JsonApi, computer: Transport, inputs: HeadscaleNodeInputs): Promise<Node | undefined> {
  const status = await statusOf(computer, inputs.command);
  const own = ownOf(await nodesOf(api), status);
  if (own !== undefined && own.user.name !== inputs.user) {
    await deleteNode(api, own);
    return undefined;
  }
  return own !== undefined && status.BackendState === "Running" && !isExpired(own) ? own : undefined;
}

/** @throws when it does not, with what the client says */
async function joinAnew(api: JsonApi, computer: Transport, inputs: HeadscaleNodeInputs): Promise<Node> {
  const { command, user, node, url } = inputs;
  const { key } = await makeKey(api, { user, minutes: KEY_MINUTES, server: serverName(inputs) });
  await join(computer, command, { node, server: url, key });
  const own = ownOf(await nodesOf(api), await statusOf(computer, command));
  if (own === undefined)
    throw new Error(`${serverName(inputs)}: expected the node ${node} after it has joined, found none with its key`);
  return own;
}

/** What a computer was that has lost its keys since, or has a new disk: its name and address are free again. */
async function removeOlder(api: JsonApi, own: Node, inputs: HeadscaleNodeInputs): Promise<void> {
  for (const one of await nodesOf(api))
    if (one.id !== own.id && !one.online && isOurs(one, inputs)) await deleteNode(api, one);
}

/** @throws when another node has the address */
async function move(api: JsonApi, own: Node, { headscale, address }: HeadscaleNodeInputs): Promise<void> {
  const { connection, server, database } = headscale;
  const host = transportTo(connection);
  await moveNode(host, { container: server.container, database }, { node: own.id, address });
  const found = await lookUntil(
    () => faultOfServer(api),
    (fault) => fault === undefined,
    LOOKS,
  );
  if (found !== undefined) throw found;
}

/** Why a server does not say which nodes it has; undefined where it does. @throws what does not pass by itself */
async function faultOfServer(api: JsonApi): Promise<Unreadable | undefined> {
  try {
    await nodesOf(api);
    return undefined;
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}

/** Has a client trust the server's authority; it reads what it trusts when it first needs it. Arguments: file, unit. */
const TRUST = `set -eu; umask 022
file=$1 unit=$2; new=$file.new
{ cat /etc/ssl/certs/ca-certificates.crt 2>/dev/null || :; cat; } >"$new"
if cmp -s "$new" "$file"; then rm "$new"; exit; fi
mv -fT "$new" "$file"; systemctl restart "$unit"`;

async function trust(computer: Transport, { authority, headscale }: HeadscaleNodeInputs): Promise<void> {
  if (authority === undefined) return;
  const { container, file, trusted, unit } = authority;
  const root = await transportTo(headscale.connection).output(["docker", "exec", container, "cat", file], {
    reads: true,
  });
  await computer.script(TRUST, [trusted, unit], { stdin: root });
}

/** A computer that is a node of a Headscale's VPN. */
export class HeadscaleNode extends resourceOf(headscaleNodeKind, {
  type: "vpai/headscale:Node",
  name: "headscaleNode",
  defaults: { condition: "joined" },
  outputs: {},
}) {}
