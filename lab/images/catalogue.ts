/** An image that the lab makes itself where no image registry is in reach. */
export interface LabImage {
  /** Directory of its recipe below `lab/images/`, and the last part of its local name `vpai-lab/<name>`. */
  name: string;
  /** Production's reference, under which the lab hosts pull it; absent for what only the lab needs. */
  reference?: string;
  /** "stand-in" when the program inside is not the one that production runs, but one with the same contract. */
  program: "real" | "stand-in";
  /** Version of the program inside, which may differ from the reference's tag where packages offer only a near one. */
  version: string;
  /** Name of the image it builds on. */
  base?: string;
}

/** Every image of the lab. An image stands after the one it builds on. */
export const catalogue: readonly LabImage[] = [
  { name: "base", program: "real", version: "13" },
  { name: "lab-host", program: "real", version: "13", base: "base" },
  // For the tests of what bans; no lab has it.
  { name: "lab-host-crowdsec", program: "real", version: "13", base: "lab-host" },
  { name: "registry", program: "real", version: "2.8.3", base: "base" },
  // Signs certificates for the tests of ACME; no host runs it.
  { name: "pebble", program: "real", version: "2.6.0", base: "base" },
  { name: "git-server", program: "real", version: "2.47.3", base: "base" },
  {
    name: "postgres",
    reference: "docker.io/library/postgres:18.1",
    program: "real",
    version: "18.1",
    base: "base",
  },
  // The major version before, which an upgrade begins with (tests/lab/long/postgresql-major.test.ts).
  {
    name: "postgres-17",
    reference: "docker.io/library/postgres:17.6",
    program: "real",
    version: "17.6",
    base: "postgres",
  },
  { name: "redis", reference: "docker.io/library/redis:8.0.2", program: "real", version: "8.0.2", base: "base" },
  { name: "caddy", reference: "ghcr.io/mobutoo/vpai-caddy:2.10.2", program: "real", version: "2.10.2", base: "base" },
  { name: "n8n", reference: "docker.io/n8nio/n8n:2.7.3", program: "real", version: "2.7.4", base: "base" },
  {
    name: "litellm",
    reference: "ghcr.io/berriai/litellm-non_root:v1.81.3-stable",
    program: "real",
    version: "1.81.3",
    base: "base",
  },
  {
    name: "node",
    reference: "docker.io/library/node:22.23.5-bookworm",
    program: "real",
    version: "22.23.5",
    base: "base",
  },
  { name: "nocodb", reference: "docker.io/nocodb/nocodb:0.301.2", program: "real", version: "0.301.3", base: "base" },
  {
    name: "victoriametrics",
    reference: "docker.io/victoriametrics/victoria-metrics:v1.135.0",
    program: "real",
    version: "1.135.0",
    base: "base",
  },
  {
    name: "vmalert",
    reference: "docker.io/victoriametrics/vmalert:v1.135.0",
    program: "real",
    version: "1.135.0",
    base: "base",
  },
  {
    name: "alertmanager",
    reference: "docker.io/prom/alertmanager:v0.31.0",
    program: "real",
    version: "0.31.0",
    base: "base",
  },
  // Runs the alerts' own tests (tests/configs); no host runs it.
  { name: "vmalert-tool", program: "real", version: "1.135.0", base: "base" },
  { name: "cadvisor", reference: "ghcr.io/google/cadvisor:v0.55.1", program: "real", version: "0.55.1", base: "base" },
  {
    name: "loki",
    reference: "docker.io/grafana/loki:3.6.5",
    program: "stand-in",
    version: "3.6.5",
    base: "base",
  },
  {
    name: "qdrant",
    reference: "docker.io/qdrant/qdrant:v1.16.3",
    program: "stand-in",
    version: "1.16.3",
    base: "base",
  },
  { name: "stand-in", program: "stand-in", version: "1.0.0", base: "base" },
  {
    name: "palais",
    reference: "ghcr.io/mobutoo/palais:1.0.0",
    program: "stand-in",
    version: "1.0.0",
    base: "stand-in",
  },
  {
    name: "comfyui",
    reference: "ghcr.io/mobutoo/comfyui:0.3.27",
    program: "stand-in",
    version: "0.3.27",
    base: "stand-in",
  },
  {
    name: "remotion",
    reference: "ghcr.io/mobutoo/remotion:4.0.259",
    program: "stand-in",
    version: "4.0.259",
    base: "stand-in",
  },
  {
    name: "n8n-mcp",
    reference: "ghcr.io/mobutoo/lab-program-n8n-mcp:2.87.0",
    program: "real",
    version: "2.87.0",
    base: "base",
  },
  {
    name: "opencode",
    reference: "ghcr.io/mobutoo/lab-program-opencode:1.18.18",
    program: "real",
    version: "1.18.18",
    base: "base",
  },
  {
    name: "codex",
    reference: "ghcr.io/mobutoo/lab-program-codex:0.171.0",
    program: "real",
    version: "0.171.0",
    base: "base",
  },
  {
    name: "gemini-cli",
    reference: "ghcr.io/mobutoo/lab-program-gemini-cli:0.61.0",
    program: "real",
    version: "0.61.0",
    base: "base",
  },
  // Its vendor's own terms keep the program out of what the lab is built of (docs/decisions/coding-tools.md).
  {
    name: "claude-code",
    reference: "ghcr.io/mobutoo/lab-program-claude-code:2.1.332",
    program: "stand-in",
    version: "2.1.332",
    base: "base",
  },
  { name: "valkey", reference: "docker.io/valkey/valkey:8.1.1", program: "real", version: "8.1.1", base: "base" },
  {
    name: "opencut",
    reference: "ghcr.io/mobutoo/opencut:2025.7.1",
    program: "stand-in",
    version: "2025.7.1",
    base: "stand-in",
  },
  {
    name: "opencut-redis-http",
    reference: "docker.io/hiett/serverless-redis-http:0.0.10",
    program: "stand-in",
    version: "0.0.10",
    base: "stand-in",
  },
  { name: "sure", reference: "ghcr.io/we-promise/sure:0.6.8", program: "stand-in", version: "0.6.8", base: "stand-in" },
  {
    name: "kaneo-api",
    reference: "ghcr.io/usekaneo/api:2.1.1",
    program: "stand-in",
    version: "2.1.1",
    base: "stand-in",
  },
  { name: "kaneo", reference: "ghcr.io/usekaneo/web:2.1.1", program: "stand-in", version: "2.1.1", base: "stand-in" },
  {
    name: "grafana",
    reference: "docker.io/grafana/grafana:12.3.2",
    program: "stand-in",
    version: "12.3.2",
    base: "stand-in",
  },
  { name: "diun", reference: "docker.io/crazymax/diun:4.31.0", program: "real", version: "4.28.0", base: "base" },
  {
    name: "openclaw",
    reference: "ghcr.io/openclaw/openclaw:2026.2.22",
    program: "real",
    version: "2026.2.22",
    base: "base",
  },
  {
    name: "alloy",
    reference: "docker.io/grafana/alloy:v1.13.0",
    program: "stand-in",
    version: "1.13.0",
    base: "base",
  },
  {
    name: "headscale",
    reference: "docker.io/headscale/headscale:0.26.1",
    program: "real",
    version: "0.26.1",
    base: "base",
  },
  {
    name: "couchdb",
    reference: "docker.io/library/couchdb:3.3.3",
    program: "stand-in",
    version: "3.3.3",
    base: "base",
  },
  {
    name: "uptime-kuma",
    reference: "docker.io/louislam/uptime-kuma:2.0.2-slim-rootless",
    program: "real",
    version: "2.0.0",
    base: "base",
  },
  {
    name: "zerobyte",
    reference: "ghcr.io/nicotsx/zerobyte:v0.16",
    program: "stand-in",
    version: "0.16",
    base: "base",
  },
  { name: "restic", reference: "docker.io/restic/restic:0.18.0", program: "real", version: "0.18.0", base: "base" },
  // A node of the VPN, for the tests of its hub; no host runs it in a container.
  {
    name: "tailscale",
    reference: "docker.io/tailscale/tailscale:v1.84.2",
    program: "real",
    version: "1.84.2",
    base: "base",
  },
  // The same on a computer with systemd-resolved, for the tests of the VPN's names; no lab has it.
  { name: "tailscale-resolved", program: "real", version: "1.84.2", base: "tailscale" },
];

/**
 * The catalogue's entry of that name.
 * @throws when there is none, naming those there are
 */
export function labImage(name: string): LabImage {
  const image = catalogue.find((candidate) => candidate.name === name);
  if (image) return image;
  const names = catalogue.map((candidate) => candidate.name).join(", ");
  throw new Error(`expected the name of a lab image (${names}), found "${name}"`);
}

/** Images that hold a program in /opt/program, which lab hosts take out of them: in the lab's registry alone. */
const PROGRAMS = "ghcr.io/mobutoo/lab-program-";

/** Reference of the image that holds a program for lab hosts; undefined where they get it as production does. */
export const labProgram = (name: string): string | undefined =>
  catalogue.map(({ reference = "" }) => reference).find((reference) => reference.startsWith(`${PROGRAMS}${name}:`));
