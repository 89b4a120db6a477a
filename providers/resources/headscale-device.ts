import type { HttpServer } from "../docker/http";
import { expectUser, userNamed, withApi } from "../headscale/api";
import { deleteNode, type Node, nodesOf } from "../headscale/nodes";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";

/** A computer of a person that may be a node of a VPN. */
export interface HeadscaleDeviceInputs {
  connection: Connection;
  server: HttpServer;
  /** Name of the user whose node it is. */
  user: string;
  /** Its name in the VPN. */
  node: string;
}

/** What Headscale 0.26 puts behind the name of a computer that another node has already. */
const SUFFIX = /^-[a-z0-9]{8}$/;

/** Whether a node is of a name: by what the VPN calls it, or as a computer that says so and came while an older node had the name. */
const isNamed = ({ name, givenName }: Node, wanted: string): boolean =>
  givenName === wanted ||
  (name === wanted && givenName.startsWith(wanted) && SUFFIX.test(givenName.slice(wanted.length)));

export const headscaleDeviceKind: Kind<HeadscaleDeviceInputs> = {
  version: 1,
  identity: ["user", "node"],
  title: ({ node, user, server, connection }) =>
    `device ${node} of ${user} in ${server.container} on ${connection.host}`,
  /** It joins by itself, when its owner wants it to. */
  ensure: (inputs) =>
    withApi(inputs, async (api) => {
      await expectUser(api, inputs.user, `${inputs.server.container} on ${inputs.connection.host}`);
      return inputs;
    }),
  /** One that has not joined yet is what it should be; one of another user is replaced, which deletes that node. */
  observe: (state) =>
    withApi(state, async (api) => {
      if ((await userNamed(api, state.user)) === undefined) return undefined;
      const users = (await nodesOf(api)).filter((one) => isNamed(one, state.node)).map(({ user }) => user.name);
      const [other] = users;
      return other === undefined || users.includes(state.user) ? state : { ...state, user: other };
    }),
  remove: (state) =>
    withApi(state, async (api) => {
      for (const one of await nodesOf(api))
        if (one.user.name === state.user && isNamed(one, state.node)) await deleteNode(api, one);
    }),
};

/** A device of a person in a Headscale that runs on a host: deleted, its node is out of the VPN. */
export class HeadscaleDevice extends resourceOf(headscaleDeviceKind, {
  type: "vpai/headscale:Device",
  name: "headscaleDevice",
  outputs: {},
}) {}
