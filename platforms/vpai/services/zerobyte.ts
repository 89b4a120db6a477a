import { account, type AccountPages } from "../../../capabilities/account";
import { zerobyteRepository } from "../../../capabilities/zerobyte-repository";
import { ofLength } from "../../../model/secret";
import { defineService } from "../../../model/service";
import { PUSHING, REPOSITORY_PASSWORD } from "../../../programs/offsite/keys";
import { repositoryPlace } from "../../../programs/offsite/settings";
import { ZEROBYTE_LOGIN } from "./zerobyte/login";
import { UNSEEN } from "../../../programs/unseen";

const NAME = "zerobyte";

const SITE = {
  subdomain: "backups",
  port: 4096,
  access: "vpn",
  login: ZEROBYTE_LOGIN,
  answers: { status: 401 },
} as const;

const OWNER = {
  name: "zerobyteAdminPassword",
  description: "Password of the account that owns Zerobyte; its name is vpai:ownerEmail",
  ansible: "zerobyte_admin_password",
  origin: "random",
  length: 32,
  check: ofLength(8, 72),
  fixed: {
    because: "Zerobyte keeps the one of its first start, until its owner changes it in the program",
    lost: "the stack's way in: change it there, then give the stack the same one (make secrets OVERWRITE=1)",
  },
} as const;

/** `app/server/modules/auth/auth.controller.ts`. */
const ACCOUNTS: AccountPages = {
  signIn: { path: "/api/v1/auth/login", body: ({ email, password }) => ({ username: email, password }) },
  signUp: { path: "/api/v1/auth/register", body: ({ email, password }) => ({ username: email, password }) },
};

export default defineService({
  name: NAME,
  group: "vpn",
  run: {
    image: "ghcr.io/nicotsx/zerobyte:v0.16",
    // Its API asks nobody who he is: nothing but its gateway is there with it (docs/decisions/zerobyte.md).
    networks: ["storage"],
    writableRoot: UNSEEN,
  },
  user: { uid: 0, gid: 0 },
  port: SITE.port,
  expose: [SITE],
  environment: () => ({ TZ: "Europe/Paris" }),
  firstUser: { closed: ["/api/v1/auth/register*"], owner: OWNER },
  data: [{ path: "/var/lib/zerobyte", backup: { kind: "files" } }],
  limits: { memoryMiB: 384, cpus: 0.5 },
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${SITE.port}/healthcheck`], interval: 10 },
  offers: [account.offer({ site: SITE, pages: ACCOUNTS }), zerobyteRepository.offer({})],
  uses: [
    account.request({ of: NAME, password: OWNER }, { from: NAME }),
    zerobyteRepository.request(
      { place: repositoryPlace, keys: PUSHING, password: REPOSITORY_PASSWORD },
      { from: NAME },
    ),
  ],
  stopTimeout: 30,
});
