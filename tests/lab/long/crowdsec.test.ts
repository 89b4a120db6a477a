import { execFileSync } from "node:child_process";
import { caddyfile } from "../../../programs/caddy/caddyfile";
import { implementations } from "../../../providers";
import { transportTo } from "../../../providers/ssh/transport";
import { contextWith } from "../../context";
import { eventually } from "../../eventually";
import { BareHost } from "../harness/bare-host";
import { docker, image, inside, run as prefix, start } from "../harness/containers";
import { ASK, PYTHON, SERVE } from "../harness/ports";
import { run } from "../harness/run";

/**
 * The real engine and bouncer of Debian 13 beside a real sshd and Caddy: who guesses passwords or looks for holes reaches neither the
 * host nor a container, and whoever is never to be banned always does. fail2ban is off, so that nobody else bans.
 */

const host = BareHost.use("host", "lab-host-crowdsec", "caddy");
const { crowdSec } = implementations;
const MINUTE = 60_000;
const BAN = 60;
const LOG = "/opt/vpai/data/caddy/access/access.log";

/** Sese-AI as its Caddy knows it, without services. */
const SITES = { domain: "vpai.test", tls: "internal" as const, runs: [] };
const HOST = { machine: { kind: "lab" as const }, memoryMiB: 8192, architecture: "amd64" as const };

let friend: string;
let state: object;

const inputs = (ignored: readonly string[] = [friend]) => ({
  connection: host().connection,
  accessLogs: [LOG],
  banTime: `${BAN}s`,
  ignored: [...ignored],
  patience: 300,
  differences: [],
});

/** Caddy as Sese-AI has it, in front of nothing, and a container that somebody else publishes. */
const CONTAINERS = `
mkdir -p /opt/vpai/data/caddy; cat > /opt/vpai/Caddyfile
docker run --detach --restart unless-stopped --name caddy --user 0:0 --cap-drop ALL --cap-add NET_BIND_SERVICE --read-only --tmpfs /config \\
  --volume /opt/vpai/data/caddy:/data --volume /opt/vpai/Caddyfile:/etc/caddy/Caddyfile:ro -p "$2:443:443" -p "$2:443:443/udp" "$3" \\
  caddy run --config /etc/caddy/Caddyfile --adapter caddyfile
tar --dereference --exclude=__pycache__ --exclude=test -C / -c ${PYTHON.join(" ")} | docker import - serve:1 >/dev/null
docker run --detach --restart unless-stopped -p "$2:9000:9000" -p "$2:9000:9000/udp" serve:1 python3 -c "$1" 9000`;

const targets = (): string[] =>
  ["tcp 22", "tcp 9000", "udp 9000"].map((one) => one.replace(" ", ` ${host().publicAddress} `));

/** Those of the host's ports that answer somebody. */
const answering = (who: string): string[] =>
  inside(who, "python3", "-c", ASK, ...targets())
    .split("\n")
    .filter(Boolean);

/** What sites answer to requests, as codes; 000 is none. @param url as curl has it, which counts for `[1-25]` */
async function asked(who: string, url: string, ...options: string[]): Promise<string> {
  const sites = ["vpai.test", "login.test"].flatMap((site) => ["--resolve", `${site}:443:${host().publicAddress}`]);
  const curl = ["curl", "-sk", "--connect-timeout", "3", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}\\n"];
  const { stdout } = await run(["docker", "exec", `${prefix}-${who}`, ...curl, ...sites, ...options, url], {
    timeout: 300,
  });
  return stdout.trim();
}

const HEALTH = "https://vpai.test/health";

/** A site that asks for a password by HTTP itself, and takes none. */
const LOGIN_SITE = "login.test {\n\ttls internal\n\timport access_notes\n\trespond 401\n}\n";

/** A login of nobody by no key. */
const attempt = (): string[] => [
  ...["ssh", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes"],
  ...["-o", "ConnectTimeout=3", "-o", "IdentityFile=/dev/null", `nobody-here@${host().publicAddress}`, "true"],
];

/** Five at a time: they are over before the first ban is. */
async function thirtyLogins(who?: string): Promise<void> {
  const from = who === undefined ? [] : ["docker", "exec", `${prefix}-${who}`];
  const five = Array.from({ length: 5 }, () => [...from, ...attempt()]);
  for (let count = 0; count < 30; count += five.length)
    await Promise.all(five.map((login) => run(login, { timeout: 20 })));
}

const decisions = (): Promise<string> => host().output(["cscli", "decisions", "list", "-o", "raw"]);
const seconds = (since: number): number => Math.round((Date.now() - since) / 1000);
const addressOf = (name: string): string =>
  docker("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", `${prefix}-${name}`);

/** How the host differs from what was put there. */
const differences = async (): Promise<unknown> =>
  ((await crowdSec!.read("bans", state)).props as { differences: string[] }).differences;

beforeAll(async () => {
  for (const name of ["stranger", "friend"]) start(name, image("lab-host"), ["--entrypoint", "sleep"], "infinity");
  friend = addressOf("friend");
  // sshd bans by itself, too: here, only CrowdSec does.
  await host().output([
    "sh",
    "-c",
    "systemctl disable --now fail2ban; echo 'PerSourcePenalties no' > /etc/ssh/sshd_config.d/01-test.conf; systemctl reload ssh",
  ]);
  const archive = execFileSync("docker", ["save", image("caddy")], { maxBuffer: 2 ** 30 });
  execFileSync("docker", ["exec", "--interactive", `${prefix}-host`, "docker", "load"], { input: archive });
  state = (await crowdSec!.create(inputs())).outs as object;
  await transportTo(host().connection).script(CONTAINERS, [SERVE, host().publicAddress, image("caddy")], {
    stdin: caddyfile(contextWith({ ...SITES, hosts: { "sese-ai": { ...HOST, crowdsec: true } } })) + LOGIN_SITE,
  });
  await eventually(() => expect(answering("stranger")).toEqual(targets()), 60);
  await eventually(async () => expect(await asked("stranger", HEALTH)).toBe("200"), 60);
}, 15 * MINUTE);

test("it is in force, on the host alone, not on Headscale's port, and its key is root's", async () => {
  expect(await differences()).toEqual([]);
  const listening = await host().output(["sh", "-c", "ss -Hltn | awk '{ print $4 }'"]);
  expect(listening.split("\n")).toContain("127.0.0.1:8089");
  expect(listening).not.toMatch(/:(8080|6060|60601)$/m);
  const secret = "/etc/crowdsec/bouncers/crowdsec-firewall-bouncer.yaml.local /etc/crowdsec/local_api_credentials.yaml";
  expect(await host().output(["sh", "-c", `stat -c '%a %U' ${secret}`])).toBe("600 root\n600 root");
  expect(await host().output(["sh", "-c", "journalctl -u crowdsec -o cat | grep -c 'Central API disabled'"])).not.toBe(
    "0",
  );
});

test(
  "thirty failed logins end in a ban on sshd and on published ports, which ends by itself",
  async () => {
    const began = Date.now();
    await thirtyLogins("stranger");
    await eventually(() => expect(answering("stranger")).toEqual([]), 60);
    expect(await asked("stranger", HEALTH)).toBe("000");
    console.log(`banned within ${seconds(began)} s of the first failed login`);
    expect(await decisions()).toMatch(/ssh/);
    await eventually(() => expect(answering("stranger")).toEqual(targets()), BAN + 60);
    expect(await asked("stranger", HEALTH)).toBe("200");
    console.log(`let in again ${seconds(began)} s after it`);
  },
  8 * MINUTE,
);

test.each([
  ["who looks for holes in a site", ["https://vpai.test/hole-[1-25]"]],
  ["who sends wrong passwords to a site", ["https://login.test/[1-12]", "--user", "me:wrong"]],
])(
  "%s is banned from sshd and other containers, too",
  async (_who, [url = "", ...options]) => {
    const began = Date.now();
    await asked("stranger", url, ...options);
    await eventually(() => expect(answering("stranger")).toEqual([]), 60);
    console.log(`banned within ${seconds(began)} s of the first request`);
    await eventually(() => expect(answering("stranger")).toEqual(targets()), BAN + 60);
  },
  6 * MINUTE,
);

test(
  "whoever runs the program, and whom the stack names, is never banned, even by hand",
  async () => {
    await thirtyLogins();
    await thirtyLogins("friend");
    await asked("friend", "https://vpai.test/other-hole-[1-25]");
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    expect(await decisions()).not.toMatch(/Ip:/);
    await host().output(["cscli", "decisions", "add", "--ip", friend, "--duration", "10m"]);
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    expect(answering("friend")).toEqual(targets());
    // The next `up` forgets it.
    state = (await crowdSec!.update("bans", state, inputs())).outs as object;
    expect(await decisions()).not.toMatch(/Ip:/);
  },
  6 * MINUTE,
);

test.each([
  ["a restart of the engine of containers", () => host().output(["systemctl", "restart", "docker"])],
  ["ufw reload", () => host().output(["ufw", "reload"])],
  ["a restart of CrowdSec", () => host().output(["systemctl", "restart", "crowdsec", "crowdsec-firewall-bouncer"])],
  ["a reboot", () => Promise.resolve(docker("restart", `${prefix}-host`))],
])(
  "who is banned stays so across %s, IPv4 and IPv6",
  async (_what, act) => {
    const onHost = (argv: string[]): Promise<string> => host().output(argv);
    for (const address of [addressOf("stranger"), "2001:db8::66"])
      await onHost(["cscli", "decisions", "add", "--ip", address, "--duration", "10m"]);
    await eventually(() => expect(answering("stranger")).toEqual([]), 30);
    await act();
    await eventually(() => expect(answering("friend")).toEqual(targets()), 120);
    expect(answering("stranger")).toEqual([]);
    expect(await onHost(["nft", "list", "set", "inet", "vpai_bans", "banned6"])).toContain("2001:db8::66");
    await eventually(async () => expect(await differences()).toEqual([]), 60);
    await onHost(["cscli", "decisions", "delete", "--all"]);
    await eventually(() => expect(answering("stranger")).toEqual(targets()), 60);
  },
  8 * MINUTE,
);

test(
  "what was changed by hand is shown, each by its name, and comes back",
  async () => {
    await host().output([
      "sh",
      "-c",
      `systemctl disable --now crowdsec-firewall-bouncer; nft add rule inet vpai_bans refuse accept; nft add element inet vpai_bans never { 192.0.2.1 }
      rm /etc/crowdsec/scenarios/ssh-bf.yaml; sed -i 's/"${friend}",\\?//' /etc/crowdsec/parsers/s02-enrich/vpai-never.yaml
      chmod 644 /etc/crowdsec/local_api_credentials.yaml; cscli bouncers delete vpai-firewall`,
    ]);
    expect(await differences()).toEqual(
      expect.arrayContaining([
        "/etc/crowdsec/parsers/s02-enrich/vpai-never.yaml: another text",
        "crowdsec-firewall-bouncer.service: does not start with the host",
        "crowdsec-firewall-bouncer.service: does not run",
        "/etc/crowdsec/scenarios/ssh-bf.yaml: not there",
        "/etc/crowdsec/local_api_credentials.yaml: others may read it",
        "/etc/crowdsec/bouncers/crowdsec-firewall-bouncer.yaml.local: its key is not taken",
        "nft > accept",
      ]),
    );
    state = (await crowdSec!.update("bans", state, inputs())).outs as object;
    expect(await differences()).toEqual([]);
    await host().output(["nft", "delete", "table", "inet", "vpai_bans"]);
    expect(await differences()).toEqual(["nft: no table inet vpai_bans"]);
    state = (await crowdSec!.update("bans", state, inputs())).outs as object;
    expect(await differences()).toEqual([]);
  },
  6 * MINUTE,
);

test("its removal leaves nobody banned and nothing running", async () => {
  await crowdSec!.delete("bans", state);
  expect(
    await host().output([
      "sh",
      "-c",
      "systemctl is-active crowdsec crowdsec-firewall-bouncer vpai-bans; nft list tables | grep -c bans; ls /etc/systemd/system | grep -c bans; :",
    ]),
  ).toBe("inactive\ninactive\ninactive\n0\n0");
});
