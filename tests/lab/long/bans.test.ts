import { implementations } from "../../../providers";
import { transportTo } from "../../../providers/ssh/transport";
import { eventually } from "../../eventually";
import { BareHost } from "../harness/bare-host";
import { docker, image, inside, run as prefix, start } from "../harness/containers";
import { run } from "../harness/run";
import { ASK, PYTHON, SERVE } from "../harness/ports";

/** A real sshd and fail2ban: who fails to log in again and again reaches nothing, and whoever runs the program always does. */

const host = BareHost.use("host");
const { loginBans } = implementations;
const MINUTE = 60_000;
const BAN = 45;

const inputs = () => ({
  connection: host().connection,
  sshPort: 22,
  ignored: ["192.0.2.7"],
  banTime: `${BAN}s`,
  differences: [],
});

let state: object;

/** A published port beside sshd's. */
const CONTAINER = `
tar --dereference --exclude=__pycache__ --exclude=test -C / -c ${PYTHON.join(" ")} | docker import - serve:1 >/dev/null
docker run --detach -p "$2:443:443" -p "$2:443:443/udp" serve:1 python3 -c "$1" 443`;

const targets = (): string[] =>
  ["tcp 22", "tcp 443", "udp 443"].map((one) => one.replace(" ", ` ${host().publicAddress} `));

const answering = (): string[] =>
  inside("stranger", "python3", "-c", ASK, ...targets())
    .split("\n")
    .filter(Boolean);

/** A login of nobody by no key. */
const attempt = (): string[] => [
  ...["ssh", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes"],
  ...["-o", "ConnectTimeout=3", "-o", "IdentityFile=/dev/null", `nobody-here@${host().publicAddress}`, "true"],
];

const banned = (): Promise<string> => host().output(["fail2ban-client", "get", "sshd", "banip"]);

beforeAll(async () => {
  start("stranger", image("lab-host"), ["--entrypoint", "sleep"], "infinity");
  await transportTo(host().connection).script(CONTAINER, [SERVE, host().publicAddress]);
  await eventually(() => expect(answering()).toEqual(targets()), 60);
  state = (await loginBans!.create(inputs())).outs as object;
}, 25 * MINUTE);

test("its jail is in force, and never bans the VPN's members, those that are named, and whoever put it there", async () => {
  expect((await loginBans!.read("bans", state)).props).toMatchObject({ differences: [] });
  const ignored = await host().output(["fail2ban-client", "get", "sshd", "ignoreip"]);
  for (const one of [
    "127.0.0.0/8",
    "::1",
    "100.64.0.0/10",
    "192.0.2.7",
    docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", prefix),
  ])
    expect(ignored).toContain(one);
});

test(
  "thirty failed logins end in a ban on sshd and on published ports, which ends by itself",
  async () => {
    const began = Date.now();
    for (let count = 0; count < 30; count += 1)
      await run(["docker", "exec", `${prefix}-stranger`, ...attempt()], { timeout: 20 });
    await eventually(async () => expect(await banned()).not.toBe(""), 60);
    console.log(`banned within ${Math.round((Date.now() - began) / 1000)} s of the first failed login`);
    expect(answering()).toEqual([]);
    await eventually(() => expect(answering()).toEqual(targets()), BAN + 60);
    console.log(`let in again ${Math.round((Date.now() - began) / 1000)} s after it`);
  },
  6 * MINUTE,
);

test(
  "whoever runs the program is never banned",
  async () => {
    for (let count = 0; count < 30; count += 1) await run(attempt(), { timeout: 20 });
    await new Promise((resolve) => setTimeout(resolve, 5000));
    // Neither by fail2ban nor by sshd itself.
    expect(await banned()).toBe("");
  },
  3 * MINUTE,
);

test(
  "a jail that was changed, or stopped, by hand is shown and comes back",
  async () => {
    await host().output([
      "sh",
      "-c",
      "sed -i 's/^maxretry.*/maxretry = 5000/' /etc/fail2ban/jail.d/zz-vpai.local; systemctl disable --now fail2ban",
    ]);
    expect((await loginBans!.read("bans", state)).props).toMatchObject({
      differences: [
        "/etc/fail2ban/jail.d/zz-vpai.local: another text",
        "fail2ban.service: does not start with the host",
        "fail2ban: no jail sshd runs",
      ],
    });
    await loginBans!.create(inputs());
    expect((await loginBans!.read("bans", state)).props).toMatchObject({ differences: [] });
  },
  2 * MINUTE,
);
