import {
  headscaleDevice,
  headscaleKey,
  headscaleNode,
  headscalePolicy,
  headscaleUser,
} from "../../../capabilities/headscale";
import type { ServiceContext } from "../../../model/context";
import { defineService } from "../../../model/service";
import { type Exposure } from "../../../model/site";
import { headscaleConfig, METRICS_PORT, PORT, STUN_PORT } from "./headscale/config";
import { devices, devicesOf } from "./headscale/devices";
import { dnsRecords } from "./headscale/dns-records";
import { vpnPolicy } from "./headscale/policy";

const NAME = "headscale";
const FOLDER = "/etc/headscale";
const RECORDS = `${FOLDER}/extra-records.json`;
const POLICY = `${FOLDER}/policy.json`;
const PROGRAM = "/ko-app/headscale";

/** What nodes ask; its API and its pages for people stay inside. `hscontrol/app.go`, createRouter. */
const SITE: Exposure = {
  subdomain: "singa",
  port: PORT,
  access: "public",
  only: [
    ...["/ts2021", "/key", "/health", "/derp", "/derp/probe", "/derp/latency-check", "/bootstrap-dns"],
    "/register/*",
  ],
  answers: { at: "/health", contains: '"status":"pass"' },
};

/** Whose nodes there are: the platform's own hosts, and the devices of people and of those who log in to hosts (docs/decisions/vpn-nodes.md). */
const USERS = ["hosts", "people", "operators"] as const;

const policyOf = (context: ServiceContext): string =>
  vpnPolicy(context, { members: ["people"], operators: ["operators"] });

export default defineService({
  name: NAME,
  group: "vpn",
  run: {
    image: "docker.io/headscale/headscale:0.26.1",
    networks: ["frontend"],
    publish: [{ port: STUN_PORT, hostPort: STUN_PORT, protocol: "udp", access: "public" }],
    command: ["serve"],
    scratch: ["/var/run/headscale"],
  },
  user: { uid: 0, gid: 0 },
  port: PORT,
  expose: [SITE],
  home: "/opt/services/headscale",
  files: (context) => [
    {
      path: `${FOLDER}/config.yaml`,
      content: headscaleConfig(context, { site: SITE, records: RECORDS }),
      validate: ["configtest", "--config", `${FOLDER}/config.yaml`],
    },
    // It watches this one.
    { path: RECORDS, content: dnsRecords(context), live: true },
    { path: POLICY, content: policyOf(context), validate: ["policy", "check", "--file", POLICY], live: true },
  ],
  environment: () => ({ HEADSCALE_POLICY_PATH: POLICY }),
  data: [{ path: "/var/lib/headscale", backup: { kind: "files" } }],
  limits: { memoryMiB: 96, cpus: 0.5 },
  // There is no shell, and no command of its own before 0.27; this one asks the server by its socket.
  health: { test: [PROGRAM, "users", "list"], interval: 10 },
  metrics: { port: METRICS_PORT },
  version: { test: [PROGRAM, "version"], pattern: "v?(\\d+\\.\\d+\\.\\d+)" },
  settings: { devices },
  offers: [
    headscaleUser.offer({}),
    headscaleKey.offer({}),
    headscalePolicy.offer({}),
    headscaleNode.offer({}),
    headscaleDevice.offer({}),
  ],
  uses: [
    ...USERS.map((name) => headscaleUser.request({ name }, { from: NAME })),
    headscalePolicy.request({ of: policyOf, port: METRICS_PORT }, { from: NAME }),
  ],
  usesBy: (settings) =>
    devicesOf(settings).map(([node, user]) => headscaleDevice.request({ node, user }, { from: NAME })),
  stopTimeout: 20,
});
