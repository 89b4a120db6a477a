import { ENGINE_SETTINGS } from "../../model/hardening/engine";
import { reboot } from "../../providers/host/reboot";
import { implement } from "../../providers/implementation";
import { engineSettingsKind } from "../../providers/resources/engine-settings";
import { eventually } from "../eventually";
import { BareHost } from "./harness/bare-host";

/** What Docker's engine is told, on a host whose containers run. */

const host = BareHost.use("engine");
const engine = implement(engineSettingsKind);

const inputs = () => ({ connection: host().connection, settings: ENGINE_SETTINGS, condition: "in force" });

const create = async () => (await engine.create(inputs())).outs as Record<string, unknown>;
const read = async (state: object) => (await engine.read("", state)).props as Record<string, unknown>;

/** Start and process of each container: another one means that it was restarted. */
const containers = (): string =>
  host().sh(
    "docker inspect --format '{{.Name}} {{.Id}} {{.State.StartedAt}} {{.State.Pid}}' $(docker ps --quiet | sort)",
  );
const networks = (): string =>
  host().sh("docker network ls --no-trunc --format '{{.Name}} {{.ID}}' | grep -v bridge | sort");
const enginePid = (): string => host().sh("cat /run/docker.pid");
const file = (): unknown => JSON.parse(host().sh("cat /etc/docker/daemon.json"));

/** As a person set the engine up before, live-restore not among it. */
const FOREIGN = {
  "registry-mirrors": ["http://mirror.invalid"],
  "log-opts": { tag: "{{.Name}}", "max-size": "1g" },
  "userland-proxy": true,
};

/** The state of its creation, which knows what was there before. */
let first: Record<string, unknown>;

beforeAll(() => {
  host().sh(`echo '${JSON.stringify(FOREIGN)}' > /etc/docker/daemon.json; systemctl restart docker`);
  host().shellImage();
  host().sh(`docker network create --subnet 172.20.1.0/24 front
    for signal in TERM INT; do
      docker run --detach --name "on-$signal" --network front --restart unless-stopped --stop-signal "SIG$signal" --volume /opt:/opt shell:1 \\
        /bin/sh -c "trap 'echo $signal >> /opt/ended; exit' $signal; while :; do sleep 0.2; done"
    done
    docker run --detach --name deaf --restart unless-stopped --stop-timeout 2 --publish 8080:80 shell:1 /bin/sleep 100000`);
}, 120_000);

test("settings join those that are there, and no container is restarted", async () => {
  const [before, nets, pid] = [containers(), networks(), enginePid()];
  expect(before.split("\n")).toHaveLength(3);
  const began = Date.now();
  const state = (first = await create());
  console.log(`the engine took on its settings within ${Date.now() - began} ms`);
  expect(state["before"]).toEqual({ "log-opts": { tag: "{{.Name}}", "max-size": "1g" }, "userland-proxy": true });
  expect(file()).toEqual({
    "registry-mirrors": ["http://mirror.invalid"],
    "log-driver": "json-file",
    "log-opts": { tag: "{{.Name}}", "max-size": "10m", "max-file": "3" },
    "live-restore": true,
    "userland-proxy": false,
    "no-new-privileges": true,
    "default-address-pools": [
      { base: "172.17.0.0/16", size: 16 },
      { base: "172.29.0.0/16", size: 24 },
    ],
  });
  expect(containers()).toBe(before);
  expect(networks()).toBe(nets);
  expect(enginePid()).not.toBe(pid);
  expect(
    host().sh(
      "docker info --format '{{.LiveRestoreEnabled}} {{.LoggingDriver}} {{.DefaultAddressPools}} {{.SecurityOptions}}'",
    ),
  ).toBe(
    "true json-file [{172.17.0.0/16 16} {172.29.0.0/16 24}] [name=seccomp,profile=builtin name=no-new-privileges]",
  );
  expect(host().sh("pgrep --count docker-proxy || :")).toBe("0");
  expect(
    host().sh(
      "docker network create auto >/dev/null; docker network inspect auto --format '{{(index .IPAM.Config 0).Subnet}}'",
    ),
  ).toBe("172.29.0.0/24");
}, 120_000);

test("what is right already leaves the engine alone", async () => {
  const pid = enginePid();
  const state = await create();
  expect(enginePid()).toBe(pid);
  expect(await read(state)).toMatchObject({ condition: "in force" });
});

test("a setting that is changed by hand is seen and put right, and what is nobody's stays", async () => {
  const state = await create();
  const before = containers();
  host().sh(
    `sed -i 's/"live-restore": true/"live-restore": false, "debug": false/' /etc/docker/daemon.json; systemctl reload docker`,
  );
  await eventually(() => expect(host().sh("docker info --format '{{.LiveRestoreEnabled}}'")).toBe("false"), 20);
  const [drifted, pid] = [await read(state), enginePid()];
  expect(drifted["condition"]).toBe("differs: live-restore in the file");
  expect(await engine.diff("", drifted, inputs())).toMatchObject({ changes: true });
  await engine.update("", drifted, inputs());
  expect(file()).toMatchObject({ "live-restore": true, debug: false, "registry-mirrors": ["http://mirror.invalid"] });
  // A reload is enough for that.
  expect(enginePid()).toBe(pid);
  expect(containers()).toBe(before);
  host().sh("systemctl daemon-reload; rm /etc/systemd/system/docker.service.d/60-vpai-shutdown.conf");
  expect((await read(state))["condition"]).toBe("differs: the end of containers at shutdown");
  await create();
}, 120_000);

test("a file that the engine would refuse is refused before anything changes", async () => {
  const [before, pid] = [containers(), enginePid()];
  const good = host().sh("cat /etc/docker/daemon.json");
  const bad = JSON.stringify({ ...(JSON.parse(good) as object), "live-restore": false, "no-such-key": 1 });
  host().sh(`echo '${bad}' > /etc/docker/daemon.json`);
  await expect(create()).rejects.toThrow(/no-such-key/);
  expect(host().sh("cat /etc/docker/daemon.json")).toBe(bad);
  host().sh("printf '{ half' > /etc/docker/daemon.json");
  await expect(create()).rejects.toThrow(/daemon.json: expected JSON, found .*: mend it by hand, then run up again/);
  expect([containers(), enginePid()]).toEqual([before, pid]);
  host().sh(`cat > /etc/docker/daemon.json <<'EOF'\n${good}\nEOF\n`);
}, 60_000);

test.each([
  ["bytes", "size=64k", "cat /dev/zero > /etc/docker/full 2>/dev/null || :", "0 MiB and \\d+ inodes"],
  ["inodes", "nr_inodes=6", "seq -f /etc/docker/full%g 8 | xargs -n 1 touch 2>/dev/null || :", "\\d+ MiB and 0 inodes"],
])(
  "a disk without %s is said in one sentence, and containers run on",
  async (_what, option, fill, found) => {
    const [before, pid] = [containers(), enginePid()];
    host().sh(`mount -t tmpfs -o ${option} none /etc/docker; echo '{}' > /etc/docker/daemon.json`);
    try {
      host().sh(fill);
      await expect(create()).rejects.toThrow(
        new RegExp(
          `expected room for /etc/docker/daemon.json on the disk of /etc/docker, found ${found} free: free some`,
        ),
      );
      expect(host().sh("cat /etc/docker/daemon.json")).toBe("{}");
    } finally {
      host().sh("umount /etc/docker");
    }
    expect([containers(), enginePid()]).toEqual([before, pid]);
  },
  60_000,
);

test("a reboot tells each program to end in its own way, and all come back", async () => {
  await create();
  host().sh("rm -f /opt/ended");
  const began = Date.now();
  const seconds = await reboot(host().connection, 120);
  await eventually(() => {
    const running = host().sh("docker ps --format '{{.Names}} {{.State}}' | sort");
    expect(running).toBe("deaf running\non-INT running\non-TERM running");
  }, 60);
  console.log(`back after ${seconds.toFixed(0)} s, its containers after ${((Date.now() - began) / 1000).toFixed(0)} s`);
  expect(host().sh("sort /opt/ended")).toBe("INT\nTERM");
  // Without an order to follow, systemd would have waited 90 s for the one that is deaf.
  expect(seconds).toBeLessThan(60);
}, 240_000);

test("taken away, it leaves the keys of before, and lets containers live through the next restart", async () => {
  await create();
  await engine.delete("", first);
  expect(file()).toEqual({ ...FOREIGN, "live-restore": true, debug: false });
  expect(host().sh("ls /etc/systemd/system/docker.service.d")).toBe("");
}, 60_000);
