import { z } from "zod";
import { matching, structured } from "../../../../model/setting";

/** Names of the hosts in the VPN: the sources' (docs/requirements.md#vpn), but for the hub's, which has none (docs/decisions/vpn-nodes.md). */
export const HOST_NODES = { "sese-ai": "sese", "seko-vpn": "seko", workstation: "workstation-pi" } as const;

/** Whose devices there may be: of those who reach VPN-only sites, and of those who reach sshd, too. */
const USERS = ["people", "operators"] as const;

const taken: readonly string[] = Object.values(HOST_NODES);

const deviceName = matching(
  "a device's name: a DNS label in lower case, at most 63 letters, digits and -, such as laptop",
  /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
).refine((name) => !taken.includes(name), {
  error: `a device's name that is no host's node in the VPN (${taken.join(", ")})`,
});

const DEVICES = "devices by name, each with its user, such as { laptop: operators, phone: people }";

/** Devices of people by name: each is a node of the user that it is given. */
export const devices = structured(
  DEVICES,
  z.record(deviceName, z.enum(USERS, { error: `the device's user: ${USERS.join(" or ")}` }), { error: DEVICES }),
)
  .default({})
  .describe(
    "Devices that may join the VPN, by their name there: `people` reach VPN-only sites, `operators` sshd, too. `make vpn-key DEVICE=` " +
      "makes what lets one in. The node of one that is taken out is deleted by the next `make up`.",
  );

/** The devices of a stack, each with its user. */
export const devicesOf = (settings: Readonly<Record<string, unknown>>): [name: string, user: string][] =>
  Object.entries((settings["devices"] ?? {}) as Record<string, string>);
