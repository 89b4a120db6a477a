import { createHmac } from "node:crypto";
import { account, type AccountPages } from "../../../capabilities/account";
import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { redisDatabase } from "../../../capabilities/redis-database";
import { ofLength } from "../../../model/secret";
import { defineService } from "../../../model/service";
import { DATABASE, JOBS, rails, SITE, started, STORAGE } from "./sure/rails";

const NAME = "sure";

/** Sure refuses a password without a sign (`app/controllers/api/v1/auth_controller.rb`). */
const OWNER = {
  name: "sureAdminPassword",
  description: "Password of the account that owns Sure; its name is vpai:ownerEmail",
  ansible: "sure_admin_password",
  origin: "random",
  length: 32,
  mixed: true,
  check: ofLength(8, 72),
  fixed: {
    because: "Sure keeps the one of its first start, until its owner changes it in the program",
    lost: "the stack's way in: change it there, then give the stack the same one (make secrets OVERWRITE=1)",
  },
} as const;

/**
 * Sidekiq's own pages, which show and run every job, take the login `sure`, `sure` unless told otherwise
 * (`config/initializers/sidekiq.rb`). Nobody is told this one: what looks at jobs is the worker's log.
 */
const SIDEKIQ = {
  pages: "/sidekiq*",
  password: {
    secret: rails.secrets.secret_key_base.secret,
    exported: "SIDEKIQ_WEB_PASSWORD",
    render: (key: string) => createHmac("sha256", key).update("sidekiq").digest("hex"),
  },
};

/** Previews of its building blocks, which want no login, in production either (`config/routes.rb`). */
const LOOKBOOK = "/design-system*";

/** Sure keeps a list of the devices that log in. */
const DEVICE = {
  device_id: "vpai-deployment",
  device_name: "VPAI's deployment",
  device_type: "web",
  os_version: "1",
  app_version: "1",
};

/** The requests of its app for phones; its pages want a form's token, and make the same account. */
const ACCOUNTS: AccountPages = {
  signIn: { path: "/api/v1/auth/login", body: (one) => ({ ...one, device: DEVICE }) },
  signUp: {
    path: "/api/v1/auth/signup",
    body: (one) => ({ user: { ...one, first_name: "Owner", last_name: "Owner" }, device: DEVICE }),
  },
};

export default defineService({
  ...rails,
  name: NAME,
  run: { ...started, networks: ["backend"], command: ["./bin/rails", "server"] },
  port: SITE.port,
  expose: [SITE],
  firstUser: {
    closed: ["/registration*", "/api/v1/auth/signup*", "/api/v1/auth/sso_create_account*", SIDEKIQ.pages, LOOKBOOK],
    owner: OWNER,
  },
  secrets: { ...rails.secrets, sidekiq_password: SIDEKIQ.password },
  data: [{ ...STORAGE, backup: { kind: "files" } }],
  limits: { memoryMiB: 480, cpus: 0.5 },
  health: { test: ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:3000/up"], startPeriod: 180 },
  uses: [
    postgresqlDatabase.request(DATABASE),
    redisDatabase.request(JOBS),
    account.request({ of: NAME, password: OWNER }, { from: NAME }),
  ],
  offers: [account.offer({ site: SITE, pages: ACCOUNTS })],
  stopTimeout: 30,
});
