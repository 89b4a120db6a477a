import { setTimeout as sleep } from "node:timers/promises";
import type { Changes } from "../harness/changes";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLab } from "../harness/shared";
import { authorityOf, get } from "../harness/site";
import { ECHO, WebSocketClient } from "../harness/websocket";

/** What is applied has been read by the program: a file's content decides, not its age; open connections outlive it. */

const REDIS_CONF = "/opt/vpai/configs/redis/redis.conf";

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
}, 1_500_000);

/** A service takes on its changed files, is waited for, and the host is checked. */
const appliedBy = (service: string): Changes => ({
  [`sese-ai/${service}/health`]: "update",
  "sese-ai/smoke": "update",
});

/** What the running Redis says of its configuration; it asks for a password. */
async function redisHas(setting: string): Promise<string> {
  const { redisPassword = "" } = await lab.generatedSecrets();
  const stdin = `AUTH default ${redisPassword}\nCONFIG GET ${setting}\n`;
  const said = await host.output(["docker", "exec", "-i", "vpai_redis", "redis-cli"], { stdin });
  return said.split("\n").at(-1) ?? "";
}

/** Writes Redis' file alone, as an `up` that is interrupted right after it. */
async function writeRedisFile(from: string, to: string): Promise<void> {
  lab.replace("programs/redis.ts", `\nmaxmemory ${from}\n`, `\nmaxmemory ${to}\n`);
  const target = ["--target", "**sese-ai/redis/config/redis.conf"];
  await lab.pulumiSucceed(["up", "--yes", "--skip-preview", ...target]);
  expect(await host.output(["grep", "^maxmemory ", REDIS_CONF])).toContain(`maxmemory ${to}`);
}

describe("C2: a changed file that the host's clock makes years older than the program's start", () => {
  test("is read by the program", async () => {
    await writeRedisFile("192mb", "200mb");
    await host.output(["touch", "-d", "2020-01-01", REDIS_CONF]);
    expect(await redisHas("maxmemory")).toBe("201326592");
    const before = await host.starts("vpai_redis");
    expect(await lab.up()).toEqual(appliedBy("redis"));
    await host.becomesHealthy(60);
    expect(await redisHas("maxmemory")).toBe("209715200");
    expect(await host.starts("vpai_redis")).toEqual(before);
  }, 300_000);

  test("is read once: nothing is left to do, and the host's note is root's alone", async () => {
    expect(await lab.preview()).toEqual({});
    const note = "/opt/vpai/last-healthy/redis.read";
    expect(await host.output(["stat", "-c", "%a %u:%g", note])).toBe("600 0:0");
    const { Id, State } = await host.container("vpai_redis");
    expect(await host.output(["cat", note])).toMatch(new RegExp(`^${Id} ${State.StartedAt} [0-9a-f]{64}$`));
  });
});

test("T21: what the files have to hold is encrypted in the state: nobody can try passwords on it", async () => {
  const { stdout } = await lab.pulumiSucceed(["stack", "export"]);
  const { deployment } = JSON.parse(stdout) as {
    deployment: { resources: { urn: string; inputs: object; outputs: object }[] };
  };
  const gate = deployment.resources.find(({ urn }) => urn.endsWith("::sese-ai/redis/health"));
  const hidden = { given: { ciphertext: expect.any(String) as unknown } };
  expect(gate?.inputs).toMatchObject(hidden);
  expect(gate?.outputs).toMatchObject(hidden);
});

describe("T21: a directory that took the place of a config file after it was written", () => {
  test("makes its service unhealthy, by name; the version before serves, with its password", async () => {
    await writeRedisFile("200mb", "220mb");
    await host.output(["sh", "-c", `rm ${REDIS_CONF} && mkdir ${REDIS_CONF}`]);
    const { code, all } = await lab.make("up");
    expect(code).not.toBe(0);
    expect(all).toContain(
      `is not healthy: expected "healthy", found files that are not what it was given (${REDIS_CONF}): run \`refresh\`, then \`up\``,
    );
    expect(all).not.toMatch(/^\s+at /m);
    expect((await host.container("vpai_redis")).State.Health?.Status).toBe("healthy");
    expect(await redisHas("maxmemory")).toBe("209715200");
    expect(await host.docker("exec", "vpai_redis", "redis-cli", "get", "x")).toContain("NOAUTH");
  }, 300_000);

  test("is mended by refresh and up once it is out of the way", async () => {
    await host.output(["rmdir", REDIS_CONF]);
    await lab.refresh();
    await lab.up();
    await host.becomesHealthy(60);
    expect(await redisHas("maxmemory")).toBe("230686720");
    expect(await lab.preview()).toEqual({});
  }, 300_000);
});

test("a folder of config files that was made anew reaches Caddy, though it only reloads", async () => {
  const folder = "/opt/vpai/configs/caddy";
  await host.output([
    "sh",
    "-c",
    `mv ${folder} ${folder}.old && cp -a ${folder}.old ${folder} && rm -rf ${folder}.old`,
  ]);
  lab.replace("programs/caddy/caddyfile.ts", "strict-origin-when-cross-origin", "no-referrer");
  await lab.up();
  await host.becomesHealthy(60);
  const { headers } = await get(host, "https://vpai.test/health", await authorityOf(host));
  expect(headers["referrer-policy"]).toBe("no-referrer");
}, 300_000);

describe("C3: a WebSocket that is open through Caddy", () => {
  const PORT = 9999;
  // Who asks without an upgrade is told that one is required.
  const expose = (subdomain: string): string =>
    `{ subdomain: "${subdomain}", access: "public", port: ${PORT}, answers: { status: 426 } }, `;

  test("outlives that another site is added, and the time that Caddy gives requests", async () => {
    await host.docker("exec", "--detach", "vpai_n8n", "node", "-e", ECHO, String(PORT));
    lab.replace("programs/n8n.ts", "expose: [site,", `expose: [${expose("echo")}site,`);
    await lab.up();
    const authority = await authorityOf(host);
    const socket = await WebSocketClient.open(host, "https://echo.vpai.test/", authority);
    expect(await socket.ask("before")).toBe("before");
    const before = await host.starts();
    lab.replace("programs/n8n.ts", expose("echo"), expose("echo") + expose("another"));
    expect(await lab.up()).toEqual({ "sese-ai/caddy/config/Caddyfile": "update", ...appliedBy("caddy") });
    expect((await get(host, "https://another.vpai.test/", authority)).status).toBe(426);
    expect(await host.starts()).toEqual(before);
    for (const when of ["at once", "later"]) {
      expect(await socket.ask(when)).toBe(when);
      await sleep(15_000);
    }
    expect(await socket.ask("after the grace period of requests")).toBe("after the grace period of requests");
    socket.close();
  }, 300_000);
});
