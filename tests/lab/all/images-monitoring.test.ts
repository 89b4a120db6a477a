import { existsSync } from "node:fs";
import { eventually } from "../../eventually";
import { docker, hardened, image, inside, minute, mounted, run, runsAs, start, useImages } from "../harness/containers";
import { contextWith } from "../../context";
import vpai from "../../../platforms/vpai/platform";
import alloyService from "../../../platforms/vpai/services/alloy";
import diunService from "../../../platforms/vpai/services/diun";
import lokiService from "../../../platforms/vpai/services/loki";
import postgresqlService from "../../../platforms/vpai/services/postgresql";
import redisService from "../../../platforms/vpai/services/redis";
import vmalertService from "../../../platforms/vpai/services/vmalert";
import victoriametricsService from "../../../platforms/vpai/services/victoriametrics";

/** What production relies on in each image of the group "monitoring", tried on the image that the lab runs. */

useImages("base", "victoriametrics", "vmalert", "loki", "cadvisor", "postgres", "redis", "alloy", "diun");

const get = (name: string, url: string): string => inside(name, "wget", "-qO-", url);

test(
  "victoriametrics keeps what is written to it, as any user, and says its version",
  async () => {
    const here = "http://127.0.0.1:8428";
    const options = [...hardened, "--user", "65534:65534", "--tmpfs", "/storage:mode=0700,uid=65534"];
    start("vm", image("victoriametrics"), options, "-storageDataPath=/storage", "-retentionPeriod=30d");
    expect(await eventually(() => get("vm", `${here}/health`))).toBe("OK");
    expect(runsAs("vm")).toEqual(["65534", "65534"]);
    inside("vm", "wget", "-qO-", '--post-data=canary{kind="lab"} 42', `${here}/api/v1/import/prometheus`);
    const query = (): string => get("vm", `${here}/api/v1/query?query=canary&latency_offset=1ms`);
    expect(await eventually(() => found(query(), '"42"'))).toContain('"kind":"lab"');
    expect(get("vm", `${here}/metrics`)).toContain('short_version="v1.135.0"');
  },
  2 * minute,
);

describe("vmalert", () => {
  const group = (expression: string): string =>
    JSON.stringify({
      groups: [
        {
          name: "lab",
          interval: "1s",
          rules: [
            { record: "canary:doubled", expr: expression },
            { alert: "Always", expr: "vector(1)", labels: { severity: "info" } },
          ],
        },
      ],
    });

  test(
    "evaluates rules against victoriametrics and writes back what they yield",
    async () => {
      start("rules-db", image("victoriametrics"), hardened, "-storageDataPath=/tmp/storage");
      await eventually(() => get("rules-db", "http://127.0.0.1:8428/health"));
      const database = `http://${run}-rules-db:8428`;
      const options = [
        ...hardened,
        "--user",
        "65534:65534",
        ...mounted("/etc/vmalert/rules.yml", group("vector(21)*2")),
      ];
      const urls = [`-datasource.url=${database}`, `-remoteWrite.url=${database}`, "-notifier.blackhole"];
      start(
        "vmalert",
        image("vmalert"),
        options,
        "-rule=/etc/vmalert/rules.yml",
        "-remoteWrite.flushInterval=1s",
        ...urls,
      );
      expect(await eventually(() => get("vmalert", "http://127.0.0.1:8880/health"))).toBe("OK");
      const query = (what: string): string =>
        get("rules-db", `http://127.0.0.1:8428/api/v1/query?query=${what}&latency_offset=1ms`);
      expect(await eventually(() => found(query("canary:doubled"), '"42"'))).toContain("canary:doubled");
      expect(await eventually(() => found(query("ALERTS"), "firing"))).toContain('"alertname":"Always"');
      expect(get("vmalert", "http://127.0.0.1:8880/metrics")).toContain('short_version="v1.135.0"');
      expect(runsAs("vmalert")).toEqual(["65534", "65534"]);
    },
    2 * minute,
  );

  test(
    "C1: the service's reload has loaded changed rules once it is done, and fails where it cannot",
    async () => {
      const file = "/etc/vmalert/rules.yml";
      const options = [...hardened, "--user", "65534:65534", ...mounted(file, group("vector(1)"))];
      start(
        "reloaded",
        image("vmalert"),
        options,
        `-rule=${file}`,
        "-datasource.url=http://127.0.0.1:1",
        "-remoteWrite.url=http://127.0.0.1:1",
        "-notifier.blackhole",
      );
      await eventually(() => get("reloaded", "http://127.0.0.1:8880/health"));
      const { reload } = vmalertService.onChange as { reload: string[] };
      const rules = (): string => get("reloaded", "http://127.0.0.1:8880/api/v1/rules");
      mounted(file, group("vector(1001)"));
      expect(rules()).not.toContain("vector(1001)");
      inside("reloaded", ...reload);
      expect(rules()).toContain("vector(1001)");
      // Again, with nothing new: loaded it is.
      expect(() => inside("reloaded", ...reload)).not.toThrow();
      mounted(file, group("vector(1002"));
      expect(() => inside("reloaded", ...reload)).toThrow(
        /expected vmalert to load its rules, found that it goes on with those of before/,
      );
      expect(rules()).toContain("vector(1001)");
    },
    2 * minute,
  );

  test("checks rules without a database", () => {
    const check = (expression: string): string => {
      const file = mounted(`/etc/vmalert/${expression}.yml`, group(expression));
      return docker("run", "--rm", ...file, image("vmalert"), "-dryRun", "-rule=/etc/vmalert/*.yml");
    };
    expect(() => check("vector(1)")).not.toThrow();
    expect(() => check("vector(1")).toThrow(/canary:doubled/);
  });
});

test(
  "loki keeps a line that is pushed, and asks itself for its health, since the official image has no wget",
  async () => {
    start("loki", image("loki"), [...hardened, "--tmpfs", "/loki:mode=0700,uid=10001"]);
    const healthy = (): string => inside("loki", "/usr/bin/loki", "-health", "-health.url=http://127.0.0.1:3100/ready");
    expect(await eventually(healthy)).toContain("Loki is healthy");
    const line = { stream: { service: "canary" }, values: [[`${Date.now()}000000`, "a line of the lab"]] };
    const push = "http://127.0.0.1:3100/loki/api/v1/push";
    const client = ["run", "--rm", "--network", `container:${run}-loki`, image("base"), "wget", "-qO-"];
    docker(
      ...client,
      "--header=Content-Type: application/json",
      `--post-data=${JSON.stringify({ streams: [line] })}`,
      push,
    );
    const query = `http://127.0.0.1:3100/loki/api/v1/query_range?query=%7Bservice%3D%22canary%22%7D`;
    await eventually(() => found(docker(...client, query), "a line of the lab"));
    expect(() => inside("loki", "wget", "--version")).toThrow(/wget --version/);
    expect(inside("loki", "/usr/bin/loki", "--version")).toContain("loki, version 3.6.5");
    expect(runsAs("loki")).toEqual(["10001", "10001"]);
  },
  3 * minute,
);

test(
  "cadvisor measures containers under the labels that were asked for, without a capability",
  async () => {
    // Docker's own containerd, where it is not the machine's.
    const sockets = ["/run/containerd/containerd.sock", "/run/docker/containerd/containerd.sock"];
    const containerd = sockets.find((socket) => existsSync(socket)) ?? "";
    const own = ["/", "/sys", "/var/lib/docker", "/var/run/docker.sock"].map((place) => [place, place] as const);
    const host = [...own, [containerd, sockets[0] ?? ""] as const].map(
      ([from, to]) => `${from}:${to === "/" ? "/rootfs" : to}:ro`,
    );
    const options = [
      ...hardened,
      "--label",
      "dev.vpai.service=canary",
      ...host.flatMap((mount) => ["--volume", mount]),
    ];
    const labels = ["--store_container_labels=false", "--whitelisted_container_labels=dev.vpai.service"];
    start("cadvisor", image("cadvisor"), options, "--port=8080", "--docker_only=true", ...labels);
    expect(await eventually(() => get("cadvisor", "http://127.0.0.1:8080/healthz"))).toBe("ok");
    const metrics = (): string => get("cadvisor", "http://127.0.0.1:8080/metrics");
    const memory = /^container_memory_working_set_bytes\{container_label_dev_vpai_service="canary".* [1-9]/m;
    expect(await eventually(() => found(metrics(), 'container_label_dev_vpai_service="canary"'))).toMatch(memory);
    expect(metrics()).toContain('cadvisorVersion="v0.55.1"');
  },
  2 * minute,
);

describe("alloy, with the platform's own configuration", () => {
  const services = [alloyService, lokiService, postgresqlService, redisService, victoriametricsService];
  const hosts = { "canary-host": { ...vpai.hosts["sese-ai"]!, groups: ["core", "monitoring"] } };
  const context = contextWith({ host: "canary-host", platform: { ...vpai, hosts, services }, domain: "vpai.test" });
  const alias = (name: string): string[] => ["--network-alias", name];
  const query = (what: string): string =>
    get("samples", `http://127.0.0.1:8428/api/v1/query?query=${encodeURIComponent(what)}&latency_offset=1ms`);

  beforeAll(async () => {
    start(
      "samples",
      image("victoriametrics"),
      [...hardened, ...alias("victoriametrics")],
      "-storageDataPath=/tmp/data",
    );
    start("lines", image("loki"), [...hardened, ...alias("loki"), "--tmpfs", "/loki:mode=0700,uid=10001"]);
    const login = ["--env", "POSTGRES_PASSWORD=canary-password"];
    start("postgresql", image("postgres"), [...alias("postgresql"), ...login]);
    const users = mounted(
      "/run/secrets/users.acl",
      redisService.secrets?.["users.acl"]?.render?.("canary", context) ?? "",
    );
    const settings = mounted("/redis.conf", redisService.files?.(context)[0]?.content as string);
    start("redis", image("redis"), [...alias("redis"), ...users, ...settings], "redis-server", "/redis.conf");
    const endless = "while sleep 1; do echo a line of the canary; done";
    start("talker", image("base"), ["--label", "dev.vpai.service=talker"], "sh", "-c", endless);
    await eventually(() => inside("postgresql", "pg_isready", "--host", "127.0.0.1"));
    const host = ["--volume", "/:/host/root:ro", "--volume", "/var/run/docker.sock:/var/run/docker.sock:ro"];
    const data = ["--tmpfs", "/var/lib/alloy/data", "--tmpfs", "/var/lib/alloy/metrics"];
    const file = mounted("/etc/alloy/config.alloy", alloyService.files?.(context)[0]?.content as string);
    const source = [
      "--env",
      "POSTGRESQL_DSN=postgresql://postgres:canary-password@postgresql/postgres?sslmode=disable",
    ];
    const options = [...hardened, "--user", "0:0", "--memory", "192m", ...host, ...data, ...file, ...source];
    start("alloy", image("alloy"), options, ...(alloyService.run.command ?? []));
    await eventually(() => inside("alloy", ...alloyService.health.test));
  }, 5 * minute);

  test.each([
    ["a service that tells its own", 'up{job="services", service="loki", host="canary-host"}'],
    ["PostgreSQL", 'pg_up{service="postgresql"}'],
    ["Redis, as the user who may read its figures", 'redis_up{service="redis"}'],
    ["the host", 'count(node_memory_MemTotal_bytes{job="host", instance="canary-host"})'],
  ])(
    "metrics of %s are in VictoriaMetrics",
    async (_what, expression) => {
      await eventually(() => found(query(expression), ',"1"]'));
    },
    3 * minute,
  );

  test(
    "a container's lines are in Loki, under the name of its service",
    async () => {
      const client = ["run", "--rm", "--network", `container:${run}-lines`, image("base"), "wget", "-qO-"];
      const url = "http://127.0.0.1:3100/loki/api/v1/query_range?query=";
      const lines = encodeURIComponent('{service="talker", host="canary-host"} |= "canary"');
      const answer = await eventually(() => found(docker(...client, url + lines), "a line of the canary"));
      expect(answer).toContain(`"container":"${run}-talker"`);
    },
    3 * minute,
  );

  test("it says its version and keeps no component waiting, in an image without wget", () => {
    expect(inside("alloy", "/bin/alloy", "--version")).toMatch(/^alloy, version v1\.13\.0 /);
    const healthy = ["run", "--rm", "--network", `container:${run}-alloy`, image("base"), "wget", "-qO-"];
    expect(docker(...healthy, "http://127.0.0.1:12345/-/healthy")).toContain("All Alloy components are healthy");
    expect(() => inside("alloy", "wget", "--version")).toThrow(/wget/);
    expect(docker("logs", `${run}-alloy`)).not.toContain("canary-password");
  });
});

test(
  "diun takes the platform's files within its limit, and its own command line reaches the server",
  async () => {
    const files = (diunService.files?.(contextWith()) ?? []).flatMap(({ path, content }) =>
      mounted(path, content as string),
    );
    const environment = Object.entries(diunService.environment?.(contextWith()) ?? {}).flatMap(([name, value]) => [
      "--env",
      `${name}=${value}`,
    ]);
    const limit = ["--memory", `${diunService.limits.memoryMiB}m`, "--tmpfs", "/data"];
    start("diun", image("diun"), [...hardened, ...limit, ...files, ...environment], ...(diunService.run.command ?? []));
    await eventually(() => inside("diun", ...diunService.health.test), 60);
    expect(inside("diun", "diun", "--version")).toContain("4.28.0");
  },
  2 * minute,
);

/** @throws when a text lacks what it must hold */
function found(text: string, part: string): string {
  if (!text.includes(part)) throw new Error(`expected ${part}, found ${text}`);
  return text;
}
