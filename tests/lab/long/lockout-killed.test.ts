import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FirewallRules } from "../../../model/firewall";
import { implement } from "../../../providers/implementation";
import { hostFirewallKind } from "../../../providers/resources/host-firewall";
import { hostOperatorKind } from "../../../providers/resources/host-operator";
import { sshdConfigKind } from "../../../providers/resources/sshd-config";
import type { Connection } from "../../../providers/ssh/connection";
import { Transport } from "../../../providers/ssh/transport";
import { eventually } from "../../eventually";
import { BareHost } from "../harness/bare-host";
import { GUARDS, warningsOf } from "../harness/hardened";
import { killRightAfter, type KilledChange } from "../harness/killed-change";

/**
 * Whatever a change below the services shuts, and whenever its run is killed, the host lets us in again by itself, and the next run
 * tells what was taken back and why.
 */

const hostOf = BareHost.use("locked");
const MINUTE = 60_000;

/** Seconds that a host may be shut at most. */
const SHUT = 90;

const MOBUONE = { user: "mobuone", home: "/home/mobuone", sudoers: "/etc/sudoers.d/60-vpai-operator" };

const asRoot = (): Connection => hostOf().connection;
const asOperator = (): Connection => ({ ...asRoot(), user: MOBUONE.user });

const sshd = (over: object = {}) => ({
  ...{ connection: asRoot(), port: 22, users: ["mobuone", "root"], options: { MaxAuthTries: "2" } },
  ...over,
});

const operator = () => ({
  ...MOBUONE,
  connection: asOperator(),
  ...{ groups: ["sudo"], keys: [hostOf().publicKey], otherKeys: "keep" as const, becomesRoot: "without a password" },
});

const NOTHING: FirewallRules = {
  ...{ host: [], containers: [], routes: [], everywhere: [], closed: [], internet: [] },
  vpnInterfaces: ["tailscale0"],
};

const firewall = (port: number) => ({
  connection: asRoot(),
  rules: { ...NOTHING, host: [{ protocol: "tcp" as const, port, why: "ssh" }] },
  differences: [],
});

/** Makes a host as it is to be. */
const KINDS = {
  sshd: { kind: implement(sshdConfigKind), as: ["sshd-config", "sshdConfigKind"] },
  operator: { kind: implement(hostOperatorKind), as: ["host-operator", "hostOperatorKind"] },
  firewall: { kind: implement(hostFirewallKind), as: ["host-firewall", "hostFirewallKind"] },
} as const;

/** Logs in anew, and becomes root. @throws when that takes longer */
async function logInWithin(seconds: number, connection: Connection): Promise<void> {
  const login = new Transport(connection, seconds * 1000);
  await login.output(["true"]).finally(() => login.close());
}

interface Row {
  name: keyof typeof KINDS;
  right: () => object;
  wrong: () => Omit<KilledChange, "kind">;
  login: () => Connection;
}

const ROWS: [string, Row][] = [
  [
    "another port of sshd",
    { name: "sshd", right: sshd, wrong: () => ({ inputs: sshd({ port: 2200 }) }), login: asRoot },
  ],
  [
    "AllowUsers without us",
    { name: "sshd", right: sshd, wrong: () => ({ inputs: sshd({ users: ["somebody"] }) }), login: asRoot },
  ],
  [
    "a configuration that sshd does not start with",
    {
      name: "sshd",
      right: sshd,
      wrong: () => ({
        inputs: sshd({ options: { MaxAuthTries: "3" } }),
        then: "echo 'Nonsense yes' > /etc/ssh/sshd_config.d/01-nonsense.conf; systemctl restart ssh || :",
      }),
      login: asRoot,
    },
  ],
  [
    "a key that is gone",
    {
      name: "operator",
      right: operator,
      wrong: () => ({ inputs: operator(), then: `: > ${MOBUONE.home}/.ssh/authorized_keys` }),
      login: asOperator,
    },
  ],
  [
    "rules of sudo that are broken",
    {
      name: "operator",
      right: operator,
      wrong: () => ({ inputs: operator(), then: `echo 'mobuone ALL=(ALL NOPASSWD' > ${MOBUONE.sudoers}` }),
      login: asOperator,
    },
  ],
  [
    "a firewall that drops SSH",
    { name: "firewall", right: () => firewall(22), wrong: () => ({ inputs: firewall(2222) }), login: asRoot },
  ],
];

beforeAll(async () => {
  await KINDS.operator.kind.create({ ...operator(), connection: asRoot() });
  await KINDS.sshd.kind.create(sshd());
  await KINDS.firewall.kind.create(firewall(22));
}, 25 * MINUTE);

// Logins that failed count against those that come.
afterEach(() => hostOf().sh("fail2ban-client unban --all; systemctl restart ssh"));

test.each(ROWS)(
  "%s, with the run killed right after: a login works within 90 s, and the next run tells why",
  async (what, { name, right, wrong, login }) => {
    const { kind, as } = KINDS[name];
    await killRightAfter({ kind: as, ...wrong() });
    const began = Date.now();
    await expect(logInWithin(2, login())).rejects.toThrow();
    // Logins that fail often would be banned: whether the host has gone back is asked from inside.
    await eventually(() => hostOf().sh(`ls ${GUARDS}/*.reverted`), SHUT);
    await logInWithin(5, login());
    const seconds = (Date.now() - began) / 1000;
    console.log(`${what}: a new login works ${Math.round(seconds)} s after the change`);
    expect(seconds).toBeLessThan(SHUT);
    expect(await warningsOf(() => kind.create(right()))).toMatch(
      new RegExp(
        `${name} on .*: the host took the last change back, .* UTC: no new login confirmed the change within [68]0 s\\.`,
      ),
    );
    expect(await warningsOf(() => kind.create(right()))).not.toMatch(/took the last change back/);
  },
  4 * MINUTE,
);

/** How a port meets us: `dropped` where nothing comes back. */
const state = (port: number): Promise<"open" | "refused" | "dropped"> =>
  new Promise((resolve) => {
    const socket = connect({ host: asRoot().host, port, timeout: 150 });
    const end = (found: "open" | "refused" | "dropped"): void => (socket.destroy(), resolve(found));
    socket.on("connect", () => end("open")).on("timeout", () => end("dropped"));
    socket.on("error", () => end("refused"));
  });

/** Each state that a port has until it is open, once. */
async function statesUntilOpen(port: number): Promise<string[]> {
  const seen: string[] = [];
  for (const deadline = Date.now() + MINUTE; seen.at(-1) !== "open" && Date.now() < deadline; await sleep(20)) {
    const found = await state(port);
    if (found !== seen.at(-1)) seen.push(found);
  }
  return seen;
}

test(
  "another port of sshd is open in the firewall before sshd moves there, and the old one is closed after",
  async () => {
    const moved = { ...asRoot(), port: 2200 };
    const watching = statesUntilOpen(2200);
    await KINDS.sshd.kind.create(sshd({ port: 2200 }));
    // Nobody listened there yet, and the firewall let us ask.
    expect(await watching).toEqual(["dropped", "refused", "open"]);
    expect(await state(22)).toBe("refused");
    await KINDS.firewall.kind.create({ ...firewall(2200), connection: moved });
    expect([await state(22), await state(2200)]).toEqual(["dropped", "open"]);
    await logInWithin(5, moved);
    expect(hostOf().sh("ufw status | sed -n 's/ *ALLOW.*//p' | sort -u")).toBe("2200/tcp\n2200/tcp (v6)");
    await KINDS.sshd.kind.create({ ...sshd(), connection: moved });
    await KINDS.firewall.kind.create(firewall(22));
    expect([await state(22), await state(2200)]).toEqual(["open", "dropped"]);
  },
  4 * MINUTE,
);
