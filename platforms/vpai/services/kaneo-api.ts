import { account, type AccountPages } from "../../../capabilities/account";
import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { SITE } from "./kaneo";
import { ofLength } from "../../../model/secret";
import { defineService } from "../../../model/service";
import { hostnameOf } from "../../../model/site";
import { KANEO_SEED } from "./kaneo-api/seed";
import { UNSEEN } from "../../../programs/unseen";

const PORT = 1337;

const DATABASE = postgresqlDatabase.own("kaneo", "Kaneo's", { seed: KANEO_SEED });

const NAME = "kaneo-api";

const OWNER = {
  name: "kaneoAdminPassword",
  description: "Password of the account that owns Kaneo; its name is vpai:ownerEmail",
  ansible: "kaneo_admin_password",
  origin: "random",
  length: 32,
  check: ofLength(8, 72),
  fixed: {
    because: "Kaneo keeps the one of its first start, until its owner changes it in the program",
    lost: "the stack's way in: change it there, then give the stack the same one (make secrets OVERWRITE=1)",
  },
} as const;

/** Its accounts are better-auth's (`/api/auth`). */
const ACCOUNTS: AccountPages = {
  signIn: { path: "/api/auth/sign-in/email", body: (account) => account },
  signUp: { path: "/api/auth/sign-up/email", body: (account) => ({ ...account, name: "Owner" }) },
};

export default defineService({
  name: NAME,
  group: "apps",
  run: {
    image: "ghcr.io/usekaneo/api:2.1.1",
    networks: ["backend"],
    writableRoot: UNSEEN,
    entrypoint: ["node", "--enable-source-maps", "dist/index.js"],
  },
  user: { uid: 1001, gid: 1001 },
  port: PORT,
  expose: [
    { subdomain: SITE.subdomain, path: "/api/*", port: PORT, access: SITE.access, answers: { at: "/api/health" } },
  ],
  environment: ({ domain }) => {
    const site = `https://${hostnameOf(SITE, domain)}`;
    return { KANEO_CLIENT_URL: site, KANEO_API_URL: site, CORS_ORIGINS: site, DISABLE_GUEST_ACCESS: "true" };
  },
  secrets: {
    database_url: { secret: DATABASE.password, exported: "DATABASE_URL", render: postgresqlDatabase.url(DATABASE) },
    auth_secret: {
      secret: {
        name: "kaneoAuthSecret",
        description: "Key that Kaneo signs logins with",
        ansible: "kaneo_auth_secret",
        origin: "random",
        length: 32,
      },
      exported: "AUTH_SECRET",
    },
  },
  firstUser: { closed: ["/api/auth/sign-up/*"], owner: OWNER },
  limits: { memoryMiB: 128, cpus: 0.25 },
  health: { test: ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${PORT}/api/health`] },
  uses: [postgresqlDatabase.request(DATABASE), account.request({ of: NAME, password: OWNER }, { from: NAME })],
  offers: [account.offer({ site: SITE, pages: ACCOUNTS })],
});
