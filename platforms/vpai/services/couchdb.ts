import { couchdbDatabase } from "../../../capabilities/couchdb-database";
import { couchdbUser } from "../../../capabilities/couchdb-user";
import { defineService } from "../../../model/service";
import { DUMP, DUMP_LOGIN, DUMP_SETTINGS } from "./couchdb/dump";
import { adminIni, couchdbIni, identityIni } from "./couchdb/ini";
import { vaultUser } from "./couchdb/users";
import { ADMIN, IDENTITY, VAULT } from "./couchdb/vault";
import { UNSEEN } from "../../../programs/unseen";

const NAME = "couchdb";
const PORT = 5984;
const CONFIG = "/etc/couchdb/vpai.ini";
const ETC = "/opt/couchdb/etc";

export default defineService({
  name: NAME,
  group: "vpn",
  run: {
    image: "docker.io/library/couchdb:3.3.3",
    networks: ["frontend"],
    writableRoot: UNSEEN,
    // docs/requirements.md#obsidian-sync: Sese-AI's gateway reaches it at the hub's VPN address.
    publish: [{ port: PORT, hostPort: PORT, protocol: "tcp", access: "vpn" }],
    // The image's own entrypoint looks for an administrator in files that it also writes to.
    entrypoint: ["tini", "--", "/opt/couchdb/bin/couchdb"],
    bash: true,
  },
  user: { uid: 5984, gid: 5984 },
  port: PORT,
  expose: [
    {
      subdomain: "couch",
      port: PORT,
      access: "public",
      vpnWhen: "couchdbVpnEnforce",
      via: "sese-ai",
      answers: { at: "/_up", contains: '"status":"ok"' },
    },
  ],
  // The last of them wins; a folder stands for its files (`config_app.erl`).
  environment: () => ({
    ERL_FLAGS: `-couch_ini ${ETC}/default.ini ${ETC}/default.d ${CONFIG} /run/secrets/admin.ini /run/secrets/identity.ini`,
  }),
  files: () => [{ path: CONFIG, content: couchdbIni(PORT) }],
  secrets: {
    "admin.ini": { secret: ADMIN.password, render: (password) => adminIni(ADMIN.user, password) },
    "identity.ini": { secret: IDENTITY, render: identityIni },
  },
  data: [
    { path: "/opt/couchdb/data", backup: { kind: "none", reason: "each database is dumped; users are made anew" } },
  ],
  limits: { memoryMiB: 256, cpus: 0.5 },
  // The image has no client for HTTP; its bash opens the connection itself.
  health: {
    test: [
      "bash",
      "-c",
      `exec 3<>/dev/tcp/127.0.0.1/${PORT}; printf 'GET /_up HTTP/1.0\\r\\n\\r\\n' >&3; grep -q '^HTTP/1.[01] 200' <&3`,
    ],
    interval: 10,
  },
  offers: [couchdbDatabase.offer({ admin: ADMIN }), couchdbUser.offer({ admin: ADMIN })],
  uses: [couchdbDatabase.request(VAULT, { from: NAME, when: "after" }), vaultUser(DUMP_LOGIN)],
  jobs: [DUMP],
  settings: DUMP_SETTINGS,
  stopTimeout: 30,
});
