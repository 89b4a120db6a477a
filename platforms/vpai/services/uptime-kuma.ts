import type { DataDirectory } from "../../../model/files";
import { reachedAddresses } from "../../../model/reach";
import { rotateLogs } from "../../../programs/upkeep";
import { uptimeKumaMonitors, uptimeKumaNotification, uptimeKumaOwner } from "../../../capabilities/uptime-kuma";
import { promisesOn } from "../../../model/promises";
import { ofLength } from "../../../model/secret";
import { defineService } from "../../../model/service";
import { ALERTS_BOT, ALERTS_CHAT, TELEGRAM_API } from "./alertmanager";

const NAME = "uptime-kuma";
const PORT = 3001;

/** It refuses one without letters and digits (`server/server.js`, setup). */
const OWNER = {
  name: "uptimeKumaAdminPassword",
  description: "Password of the account that owns Uptime Kuma; its name is vpai:ownerEmail",
  ansible: "uptime_kuma_admin_password",
  origin: "random",
  length: 32,
  check: ofLength(6, 72),
} as const;

/** Of what the tokens are made by which its push monitors know jobs. A try of one would be a word about a job. */
const PUSH_KEY = {
  name: "uptimeKumaPushKey",
  description: "What jobs' tokens at Uptime Kuma are made of, by which they tell it how they ended",
  origin: "random",
} as const;

const SITE = "uptime";
const PUSHES = "/api/push/";

const DATA: readonly DataDirectory[] = [{ path: "/app/data", directory: NAME, backup: { kind: "files" } }];

export default defineService({
  name: NAME,
  group: "vpn",
  run: {
    image: "docker.io/louislam/uptime-kuma:2.0.2-slim-rootless",
    // It asks the platform's sites, here and elsewhere.
    networks: ["frontend"],
  },
  user: { uid: 1000, gid: 1000 },
  port: PORT,
  expose: [{ subdomain: SITE, port: PORT, access: "vpn", answers: { at: "/dashboard" }, secretsBelow: [PUSHES] }],
  asks: ({ hosts }) => promisesOn(hosts),
  extraHosts: (context) => reachedAddresses(promisesOn(context.hosts), context),
  // Without a database chosen, its first start serves a page where the first visitor chooses one.
  environment: () => ({ UPTIME_KUMA_DB_TYPE: "sqlite", UPTIME_KUMA_PORT: String(PORT) }),
  // Its set-up is no request of its own that a gateway could tell apart.
  firstUser: { owner: OWNER },
  watches: { subdomain: SITE, key: PUSH_KEY, pathOf: (token) => `${PUSHES}${token}` },
  data: DATA,
  // What it cannot cope with is also written there, for ever.
  jobs: [rotateLogs({ name: "uptime-kuma-logs", files: ["/app/data/error.log"], data: DATA })],
  limits: { memoryMiB: 256, cpus: 0.5 },
  // The image's own check takes any answer for a good one.
  health: {
    test: [
      "node",
      "-e",
      `fetch("http://127.0.0.1:${PORT}/api/entry-page").then((answer) => answer.json()).then(({ type }) => process.exit(type === "entryPage" ? 0 : 1), () => process.exit(1))`,
    ],
    interval: 10,
    timeout: 10,
    startPeriod: 180,
  },
  offers: [
    uptimeKumaOwner.offer({ password: OWNER }),
    uptimeKumaNotification.offer({ password: OWNER }),
    uptimeKumaMonitors.offer({ password: OWNER, key: PUSH_KEY }),
  ],
  uses: [
    uptimeKumaOwner.request({ of: NAME }, { from: NAME }),
    uptimeKumaNotification.request({ bot: ALERTS_BOT, chat: ALERTS_CHAT, api: TELEGRAM_API }, { from: NAME }),
    uptimeKumaMonitors.request({ of: "platform" }, { from: NAME }),
  ],
  stopTimeout: 30,
});
