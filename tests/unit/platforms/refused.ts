import type { Tool } from "../../../model/program";
import type { Service } from "../../../model/service";

/** A service in order, as somebody might write it without a compiler; `over` spoils it. */
const service = (
  name: string,
  { run = {}, ...over }: Readonly<Record<string, unknown>> & { run?: object },
): Service => ({
  name,
  group: "core",
  run: { image: "docker.io/library/redis:8.0.2", networks: ["backend"], ...run },
  user: { uid: 1, gid: 1 },
  port: 80,
  limits: { memoryMiB: 1, cpus: 0.1 },
  health: { test: ["true"] },
  ...over,
});

/** A request, as nobody could make it. */
const request = (capability: string, claim: string, keeps?: object): object => ({
  capability,
  when: "before",
  secrets: [],
  claims: [claim],
  ...(keeps === undefined ? {} : { keeps }),
});

const SECRET = { name: "muteKey", description: "A key", origin: "random" };

/** Services that break every policy that one host can break, by the name of their file. */
export const REFUSED: Readonly<Record<string, Service>> = {
  "port-taker": service("port-taker", {
    run: { networks: ["frontend"], publish: [{ port: 80, hostPort: 443, protocol: "tcp", access: "public" }] },
  }),
  "twin-one": service("twin", {}),
  "twin-two": service("twin", {}),
  squatter: service("squatter", { expose: [{ subdomain: "mayi", port: 80, access: "public" }] }),
  drifter: service("drifter", { run: { image: "docker.io/library/redis:latest" } }),
  egg: service("egg", { needs: ["hen"] }),
  hen: service("hen", { needs: ["egg"] }),
  "open-door": service("open-door", {
    run: { networks: ["frontend"], publish: [{ port: 80, hostPort: 8080, protocol: "tcp" }] },
  }),
  forgetful: service("forgetful", { data: [{ path: "/data" }] }),
  hoarder: service("hoarder", { data: [{ path: "/data", backup: { kind: "redis-snapshot" } }] }),
  glutton: service("glutton", { limits: { memoryMiB: 100_000, cpus: 1 } }),
  stranger: service("stranger", { run: { networks: ["dmz"] } }),
  "walled-in": service("walled-in", {
    run: { publish: [{ port: 80, hostPort: 8081, protocol: "tcp", access: "public" }] },
  }),
  whisperer: service("whisperer", { run: { command: ["serve", "--key-file", "/run/secrets/api_key"] } }),
  beggar: service("beggar", { uses: [request("carrier pigeon", "pigeon one")] }),
  usurper: service("usurper", { uses: [request("PostgreSQL database", "database n8n", { kind: "none" })] }),
  daemon: {
    ...service("daemon", {}),
    run: {
      program: { name: "daemon", version: "latest", source: { kind: "apt", package: "daemon" } },
      exec: ["daemon"],
    },
    health: { tcp: { port: 1 } },
  },
  namesake: {
    ...service("namesake", {}),
    run: {
      program: {
        name: "namesake",
        version: "1.0",
        source: { kind: "download", files: { arm64: { url: "https://example.org/one", sha256: "0" } } },
        commands: { claude: "bin/claude" },
      },
      exec: ["{namesake}/bin/namesake"],
    },
    health: { tcp: { port: 1 } },
  },
  sleeper: service("sleeper", { run: { start: "demand" } }),
  waker: service("waker", { needs: ["sleeper"] }),
  "night-owl": service("night-owl", {
    jobs: [{ in: "host", name: "egg", purpose: "", schedule: "daily", argv: [], overdueAfter: 0 }],
  }),
  lost: service("lost", { needs: ["nowhere"] }),
  mute: service("mute", { secrets: { key: { secret: SECRET, exported: "KEY" } } }),
  "other-mute": service("other-mute", { secrets: { key: { secret: { ...SECRET, length: 8 } } } }),
  orphan: service("orphan", {
    expose: [{ subdomain: "orphan", port: 80, access: "vpn" }],
    firstUser: { closed: ["/setup*"] },
  }),
  impostor: service("impostor", {
    expose: [{ subdomain: "impostor", port: 80, access: "vpn" }],
    firstUser: { owner: { ...SECRET, name: "impostorKey" } },
  }),
  foreigner: service("foreigner", { run: { architectures: ["arm64"] } }),
};

/** Networks of Sese-AI, one of which Docker gives out by itself. */
export const REFUSED_NETWORKS = { dmz_of_others: { subnet: "172.29.1.0/24", internal: true } };

/** Tools of the host that all of that is on. */
export const REFUSED_TOOLS: readonly Tool[] = [
  {
    name: "claude-code",
    version: "1",
    purpose: "",
    source: { kind: "apt", package: "x" },
    commands: { claude: "claude" },
  },
  { name: "relic", version: "latest", purpose: "", source: { kind: "apt", package: "relic" } },
];

/** What the one error says of them: where, what was found, what to do. */
export const REFUSALS: readonly (readonly [where: string, found: RegExp, mend: RegExp])[] = [
  ["sese-ai/caddy, sese-ai/port-taker", /443\/tcp on the public address is published more/, /another hostPort/],
  ["sese-ai/twin", /more than one service named twin/, /a name of its own/],
  ["sese-ai/n8n, sese-ai/squatter", /more than one site is mayi\./, /a subdomain, or a path, of its own/],
  ["sese-ai/drifter", /the unpinned image docker\.io\/library\/redis:latest/, /an exact tag, or a digest/],
  ["sese-ai/egg", /a cycle in needs: egg needs hen needs egg/, /take one of these needs out/],
  ["sese-ai/hen", /a cycle in needs: hen needs egg needs hen/, /take one of these needs out/],
  ["sese-ai/open-door", /port 8080\/tcp without saying who may come in: access is missing/, /say access: "public"/],
  [
    "sese-ai/forgetful",
    /data in \/data without a backup declaration/,
    /declare backup: postgresql-dump, redis-snapshot/,
  ],
  ["sese-ai/hoarder", /data in \/data with the backup redis-snapshot, which hoarder has no method for/, /a method/],
  ["sese-ai", /memory limits of 10\d{4} MiB and 1024 MiB for the system, on a host with 8192 MiB/, /lower limits/],
  ["sese-ai/stranger", /the unknown network dmz/, /use one of frontend, backend, monitoring, egress, sandbox/],
  ["sese-ai/network/dmz_of_others", /172\.29\.1\.0\/24, which is in 172\.29\.0\.0\/16/, /another subnet/],
  ["sese-ai/walled-in", /published ports on internal networks only/, /not internal \(frontend, egress\)/],
  ["sese-ai/whisperer", /reads \/run\/secrets\/api_key, an undeclared secret/, /declare it under secrets\.api_key/],
  ["sese-ai/beggar", /uses a carrier pigeon, which no service of the stack offers/, /put a service that offers it on/],
  [
    "sese-ai/n8n, sese-ai/usurper",
    /the database n8n in postgresql on sese-ai belongs to more than one/,
    /one of its own/,
  ],
  ["sese-ai/usurper", /database n8n without a complete backup declaration/, /none takes a reason/],
  ["sese-ai/daemon", /daemon/, /begin exec with \{daemon\}/],
  ["sese-ai/daemon", /daemon latest/, /one version/],
  ["sese-ai/namesake", /namesake has no download for amd64, which sese-ai is/, /add files\.amd64 with its checksum/],
  ["sese-ai/namesake, sese-ai/claude-code", /more than one program has the command claude/, /another name in commands/],
  ["sese-ai/waker", /needs sleeper, which runs on demand/, /take start: "demand" out of sleeper/],
  ["sese-ai/relic", /relic latest/, /name one version/],
  ["sese-ai/night-owl, sese-ai/egg", /more than one job or service named egg/, /a name of its own/],
  ["sese-ai/night-owl", /none for egg/, /name it in argv/],
  ["sese-ai/night-owl", /egg with overdueAfter, timeout or retries/, /above zero/],
  ["sese-ai/lost", /needs nowhere, which no host of the stack runs/, /take nowhere out of needs/],
  ["sese-ai/mute", /exports the secret key, and has no entrypoint/, /name the image's program in entrypoint/],
  ["sese-ai/mute, sese-ai/other-mute", /different declarations of the secret muteKey/, /declare it once and share/],
  ["sese-ai/orphan", /a first-user page \(\/setup\*\) and no owner/, /say in firstUser\.owner which secret/],
  ["sese-ai/impostor", /the owner's password impostorKey, which nothing of the service takes/, /or expose nothing/],
  ["sese-ai/foreigner", /redis:8\.0\.2 exists for arm64, and sese-ai is amd64/, /an image for amd64/],
];
