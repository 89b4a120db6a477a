import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../eventually";
import { BareHost } from "../harness/bare-host";
import { Lab } from "../harness/lab";
import { cuts, cutSoFar } from "../harness/ssh-faults";

/**
 * One fresh machine, as a provider hands it over: root comes in by port 22. `make up` brings thirty services to it and moves its sshd, then goes on
 * as an account of its own. No lab machine, no registry: the host has the one image already.
 */

const machine = BareHost.use("outpost");
const USER = "mobuone";
const SERVICES = 30;
const LONG = 900_000;

let lab: Lab;

/** The stack's file. @param login lines of the machine that say how it is logged in to */
const stackFile = (login: readonly string[], salt = ""): string => {
  const { host, hostKey, identityFile } = machine().connection;
  return `config:
  vpai:platform: outpost
  vpai:domain: outpost.test
  vpai:tls: internal
  vpai:vpnEnforce: "false"
  vpai:operator: { user: ${USER}, keys: [${machine().publicKey}] }
  vpai:hosts:
    outpost:
      machine:
        kind: existing
        address: ${host}
        hostKey: ${hostKey}
        identityFile: ${identityFile ?? ""}
        ownsKernel: false
        ${login.join("\n        ")}
      memoryMiB: 1536
      architecture: amd64
${salt}
`;
};

const logInBy = (...login: string[]): void =>
  lab.edit("Pulumi.lab.yaml", (text) => stackFile(login, /^encryptionsalt: .*$/m.exec(text)?.[0]));

/** Brings it up. @returns what that said, and its seconds */
async function up(): Promise<{ all: string; seconds: number }> {
  const began = Date.now();
  const { all } = await lab.makeSucceed("up");
  return { all, seconds: Math.round((Date.now() - began) / 1000) };
}

beforeAll(async () => {
  machine().ownSystem();
  machine().shellImage("outpost.test/shell:1");
  lab = await Lab.prepare("outpost");
  lab.addFolder("tests/outpost", "platforms/outpost");
}, 1_500_000);
afterAll(() => lab.remove(), 300_000);

/** Lines of sshd's own log. @param pattern that they have */
const sshdLog = (pattern: string): string[] =>
  machine()
    .sh(`journalctl --no-pager --output cat --identifier sshd --identifier sshd-session | grep -E '${pattern}' || :`)
    .split("\n")
    .filter(Boolean);

const running = (): string[] =>
  machine().sh(`docker ps --format '{{.Names}} {{.Status}}' | grep '(healthy)$' || :`).split("\n").filter(Boolean);

/** Gives every service another command, for which its container is replaced. */
const changeAll = (): void =>
  lab.edit("platforms/outpost/platform.ts", (text) => text.replace(/"(1000\d+)"/, (_, now) => `"${Number(now) + 1}"`));

/** Ids of the containers that run. */
const containers = (): string[] => machine().sh("docker ps --quiet --no-trunc").split("\n");

/** What must outlive another way of logging in: containers with process and start, the engine, and files with inode and time. */
const everything = (): string =>
  machine()
    .sh(`docker inspect --format '{{.Name}} {{.Id}} {{.State.StartedAt}} {{.State.Pid}} {{.RestartCount}}' $(docker ps --quiet) | sort
    cat /run/docker.pid; docker network ls --no-trunc --format '{{.Name}} {{.ID}}' | sort
    find /opt/outpost /etc/docker /etc/sudoers.d /etc/sysctl.d /etc/systemd /etc/ufw /etc/fail2ban /etc/apt /home/${USER}/.ssh /etc/hostname \\
      -type f ! -path '*/vpai/guard/*' -printf '%p %i %T@ %m %U\\n' | sort`);

test(
  "first contact: as root by port 22, thirty services, sshd moves, and MaxStartups 10:30:60 turns nobody away",
  async () => {
    logInBy("user: root", "port: 804", "firstPort: 22");
    const { all, seconds } = await up();
    expect(all).toContain(
      "sshd moves from port 22 to 804. Once the run has ended well, take firstPort out of its machine",
    );
    expect(running()).toHaveLength(SERVICES);
    expect(machine().sh("sshd -T | grep -E '^(maxstartups|port) '")).toBe("port 804\nmaxstartups 10:30:60");
    expect(machine().sh("ss -Hltn | grep -cE ':22 ' || :")).toBe("0");
    expect(sshdLog("MaxStartups|drop connection|beginning MaxStartups")).toEqual([]);
    console.log(`thirty services: up took ${seconds} s and ${sshdLog("^Accepted publickey ").length} logins`);
  },
  LONG,
);

test(
  "what the stack knows of it is the port that it has now",
  async () => {
    logInBy("user: root", "port: 804");
    const before = everything();
    await up();
    expect(everything()).toBe(before);
    expect(await lab.up()).toEqual({});
    const { connection } = await lab.host("outpost");
    expect([connection.user, connection.port]).toEqual(["root", 804]);
  },
  LONG,
);

test(
  "steady state: as the account, by sudo; nothing on the host is touched by the move but sshd, which lets root in no more",
  async () => {
    logInBy(`user: ${USER}`, "port: 804");
    const before = everything();
    const changes = await lab.up();
    expect(everything()).toBe(before);
    expect(new Set(Object.values(changes))).toEqual(new Set(["update"]));
    expect(Object.keys(changes).filter((name) => /\/post-\d+$/.test(name))).toEqual([]);
    const [effective] = [machine().sh("sshd -T | grep -E '^(permitrootlogin|allowusers) '")];
    expect(effective).toBe(`permitrootlogin no\nallowusers ${USER}`);
    expect(await lab.up()).toEqual({});
    await lab.makeSucceed("status");
  },
  LONG,
);

test(
  "thirty services are replaced at once, within MaxStartups 10:30:60",
  async () => {
    const [logins, before] = [sshdLog("^Accepted publickey ").length, containers()];
    changeAll();
    const { seconds } = await up();
    expect(running()).toHaveLength(SERVICES);
    expect(containers().filter((id) => before.includes(id))).toEqual([]);
    expect(sshdLog("MaxStartups|drop connection")).toEqual([]);
    console.log(
      `thirty services replaced: up took ${seconds} s and ${sshdLog("^Accepted publickey ").length - logins} logins`,
    );
  },
  LONG,
);

test(
  "a run whose every connection is reset at a random byte gets there all the same",
  async () => {
    changeAll();
    const inMachine = (script: string): Promise<string> => Promise.resolve(machine().sh(script));
    const end = await cuts(804)(inMachine);
    try {
      const { all, seconds } = await up();
      const resets = await cutSoFar(inMachine);
      console.log(`every connection reset at a random byte, ${resets} resets: up took ${seconds} s`);
      expect(resets).toBeGreaterThan(0);
      expect(all).not.toMatch(/unhandled|uncaught/i);
    } finally {
      await end();
    }
    expect(running()).toHaveLength(SERVICES);
    expect(await lab.up()).toEqual({});
  },
  LONG,
);

test(
  "a host key that changes in mid-run ends the run, which names both keys; with the old one back, it goes on",
  async () => {
    const before = containers();
    changeAll();
    const run = lab.make("up");
    await eventually(() => {
      if (containers().every((id) => before.includes(id))) throw new Error("nothing was replaced yet");
    }, 300);
    const began = Date.now();
    const found = machine()
      .sh(`cd /etc/ssh; mv ssh_host_ed25519_key kept; ssh-keygen -q -t ed25519 -N '' -C '' -f ssh_host_ed25519_key
      systemctl restart ssh; pkill -9 '^sshd-session' || :; cut -d' ' -f1,2 ssh_host_ed25519_key.pub`);
    const { code, all } = await run;
    console.log(`a changed host key: the run ended ${Math.round((Date.now() - began) / 1000)} s later`);
    expect(code).not.toBe(0);
    expect(all).toContain(
      `the host key is not the pinned one (expected ${machine().connection.hostKey}, found ${found}). If the host was reinstalled, verify its new key`,
    );
    const [, summary = ""] = all.split("What failed:");
    expect(summary).not.toMatch(/unhandled|uncaught|could not be removed/i);
    expect(summary.match(/the host key is not the pinned one/g)?.length).toBeLessThanOrEqual(2);
    const untouched = machine().sh("docker ps --all --quiet --no-trunc");
    await sleep(2000);
    expect(machine().sh("docker ps --all --quiet --no-trunc")).toBe(untouched);
    machine().sh("cd /etc/ssh; mv -f kept ssh_host_ed25519_key; systemctl restart ssh");
    await up();
    expect(running()).toHaveLength(SERVICES);
    expect(await lab.up()).toEqual({});
  },
  LONG,
);
