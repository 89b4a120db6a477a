import { spawn } from "node:child_process";
import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { Lab } from "../harness/lab";
import { nothingIsLeftOf } from "../harness/leftovers";
import { killUp } from "../harness/processes";
import { cleanEnvironment, run } from "../harness/run";

/** An interrupted run is followed by a plain `up` that converges, whatever the interruption left behind. */

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.prepare("faults");
}, 120_000);
afterAll(() => lab.remove(), 300_000);

/** How many resources a cold `up` creates, roughly: the kills are spread over it. */
const RESOURCES = 85;
const KILLS = 5;

/** Starts a cold `up`; once `count` more resources are created, kills `pulumi` itself, as an out-of-memory kill would. */
function killAfter(count: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("make", ["up"], {
      cwd: lab.directory,
      env: cleanEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let created = 0;
    let output = "";
    const read = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
      created = output.match(/ created(?: replacement)? \(/g)?.length ?? 0;
      if (created >= count) killUp(lab.directory);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", reject);
    child.on("close", () =>
      created >= count
        ? resolve(created)
        : reject(new Error(`up ended before ${count} resources were created:\n${output}`)),
    );
  });
}

test("a cold up that is killed five times converges", async () => {
  const share = RESOURCES / KILLS;
  const points = Array.from({ length: KILLS }, () => 1 + Math.floor(Math.random() * share));
  console.log(`pulumi is killed after ${points.join(", ")} more resources each`);
  for (const count of points) await killAfter(count);
  const { all } = await lab.makeSucceed("up");
  expect(all).not.toContain("pending operations");
  await expect(lab.pulumi(["preview", "--expect-no-changes"])).resolves.toMatchObject({ code: 0 });
  await lab.makeSucceed("status");
}, 1_500_000);

test("a run whose SSH connections are cut converges with the next up", async () => {
  const host = await lab.host("sese-ai");
  for (const service of ["redis", "caddy", "postgresql"]) {
    await lab.pulumiSucceed(["config", "set", "--path", `vpai:overrides.${service}.cpus`, "0.75"]);
  }
  const up = lab.make("up");
  for (let cut = 0; cut < 6; cut += 1) {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await cutConnections(lab, host.name);
  }
  const { code } = await up;
  console.log(`the up whose connections were cut ended with ${code}`);
  await lab.makeSucceed("up");
  await expect(lab.pulumi(["preview", "--expect-no-changes"])).resolves.toMatchObject({ code: 0 });
  await lab.makeSucceed("status");
}, 900_000);

/** What must outlive a lost state: files with inode, time, mode and owner, networks, databases, and n8n's own key. */
const KEPT = `find /opt/vpai/configs /opt/vpai/secrets /opt/vpai/made-secrets -type f -printf '%p %i %T@ %m %U\\n' | sort
docker network ls --no-trunc --filter label=dev.vpai.stack=lab --format '{{.Name}} {{.ID}}' | sort
docker exec vpai_postgresql psql -U postgres -d n8n -Atc 'select count(*) from workflow_entity' -c 'select datname from pg_database order by 1'
sha256sum /opt/vpai/data/n8n/config`;

const CONTAINERS = ["docker", "ps", "--no-trunc", "--format", "{{.Names}} {{.ID}}"];

test("T3: with the state lost, one up ends where it would have ended", async () => {
  const host = await lab.host("sese-ai");
  const [kept, containers] = [await host.output(["sh", "-euc", KEPT]), await host.output(CONTAINERS)];
  rmSync(path.join(lab.directory, ".vpai", "lab", "state"), { recursive: true });
  await lab.makeSucceed("up");
  const again = await lab.host("sese-ai");
  expect(await again.output(["sh", "-euc", KEPT])).toBe(kept);
  const running = await again.output(CONTAINERS);
  const replaced = containers.split("\n").filter((line) => !running.includes(line));
  console.log(`containers replaced: ${replaced.length} of ${containers.trim().split("\n").length}`);
  await expect(lab.pulumi(["preview", "--expect-no-changes"])).resolves.toMatchObject({ code: 0 });
  await lab.makeSucceed("status");
}, 900_000);

test("T4: with the state set back, one up ends where it would have ended", async () => {
  const host = await lab.host("sese-ai");
  const state = path.join(lab.directory, ".vpai", "lab", "state");
  const older = path.join(lab.directory, ".vpai", "lab", "older-state");
  cpSync(state, older, { recursive: true });
  await lab.pulumiSucceed(["config", "set", "--path", "vpai:overrides.redis.cpus", "0.5"]);
  await lab.makeSucceed("up");
  const kept = await host.output(["sh", "-euc", KEPT]);
  rmSync(state, { recursive: true });
  renameSync(older, state);
  const { all } = await lab.makeSucceed("up");
  expect(all).toContain("removed container vpai_redis, unknown to the state (which was lost or set back");
  expect(await host.output(["sh", "-euc", KEPT])).toBe(kept);
  await expect(lab.pulumi(["preview", "--expect-no-changes"])).resolves.toMatchObject({ code: 0 });
  await lab.makeSucceed("status");
}, 900_000);

test("a container that was left Created under its name is swept", async () => {
  const host = await lab.host("sese-ai");
  const { Image } = await host.container("vpai_redis");
  const urn = (await lab.pulumiSucceed(["stack", "--show-urns"])).stdout.match(
    /urn:\S*docker:index\/container:Container::sese-ai\/redis/,
  )?.[0];
  await lab.pulumiSucceed(["state", "delete", urn ?? "", "--target-dependents", "--yes"]);
  await host.docker("rm", "--force", "vpai_redis");
  const labels = ["platform=vpai", "stack=lab", "host=sese-ai", "service=redis"].flatMap((label) => [
    "--label",
    `dev.vpai.${label}`,
  ]);
  await host.docker("create", "--name", "vpai_redis", ...labels, Image);
  const { all } = await lab.makeSucceed("up");
  expect(all).toContain("removed container vpai_redis, left by an interrupted run, created");
  await lab.makeSucceed("status");
}, 600_000);

test("a container that the engine fails to start once is tried again in the same run", async () => {
  const host = await lab.host("sese-ai");
  await host.docker("rm", "--force", "vpai_redis");
  await lab.makeSucceed("refresh");
  await host.output(["sh", "-euc", FAIL_ONCE]);
  const { all } = await lab.makeSucceed("up");
  expect(all).toContain("vpai_redis could not be created and is tried again: Unable to start container");
  await expect(lab.pulumi(["preview", "--expect-no-changes"])).resolves.toMatchObject({ code: 0 });
  await lab.makeSucceed("status");
}, 600_000);

test("down takes the lab away although its state is lost", async () => {
  rmSync(path.join(lab.directory, ".vpai", "lab", "state"), { recursive: true });
  const { all } = await lab.makeSucceed("down");
  expect(all).toMatch(/removed container [0-9a-f]+, which the state did not know/);
  await nothingIsLeftOf(lab);
  expect(existsSync(path.join(lab.directory, ".vpai", "lab"))).toBe(false);
}, 900_000);

/** Puts a runc in front of the real one that fails to make its first container. */
const FAIL_ONCE = `cat > /usr/local/sbin/runc <<'END'
#!/bin/sh
case " $* " in *" create "*) if rm /run/fail-once 2>/dev/null; then exit 1; fi;; esac
exec /usr/sbin/runc "$@"
END
chmod +x /usr/local/sbin/runc
touch /run/fail-once`;

/** Ends the sessions of a host's sshd, from inside the machine. */
async function cutConnections({ identity }: Lab, host: string): Promise<void> {
  await run([
    "docker",
    "exec",
    `${identity.prefix}-${host}`,
    "sh",
    "-c",
    "for p in $(pgrep -f '^sshd-session: root'); do kill -9 $p; done",
  ]);
}
