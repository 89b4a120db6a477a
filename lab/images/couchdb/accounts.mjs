import { pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

const PREFIX = "org.couchdb.user:";
const ROUNDS = 10;

const derive = (password, salt, rounds) => pbkdf2Sync(password, salt, Number(rounds), 20, "sha1").toString("hex");

const equal = (one, other) => one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/** Who a request says that it is, and whether that is true: administrators of the files, then users of `_users`. */
export class Accounts {
  constructor(admins, users) {
    this.admins = admins;
    this.users = users;
  }

  /** Nobody without credentials, undefined with wrong ones. */
  async of({ authorization = "" }) {
    const [, encoded] = /^Basic (.+)$/i.exec(authorization) ?? [];
    if (encoded === undefined) return { name: null, roles: [] };
    const text = Buffer.from(encoded, "base64").toString("utf8");
    const [name, password] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
    return this.admins[name] === undefined ? this.user(name, password) : this.admin(name, password);
  }

  admin(name, password) {
    const [, hash = "", salt = "", rounds = "1"] = /^-pbkdf2-([0-9a-f]+),([^,]+),(\d+)$/.exec(this.admins[name]) ?? [];
    return equal(derive(password, salt, rounds), hash) ? { name, roles: ["_admin"] } : undefined;
  }

  async user(name, password) {
    const found = await this.users.get(`${PREFIX}${name}`).catch(() => undefined);
    if (found?.derived_key === undefined) return undefined;
    return equal(derive(password, found.salt, found.iterations), found.derived_key)
      ? { name, roles: found.roles }
      : undefined;
  }
}

/** A user's document as it is kept: with a hash in the password's place. */
export function hashed({ password, ...kept }) {
  if (password === undefined) return kept;
  const salt = randomBytes(16).toString("hex");
  return {
    ...kept,
    password_scheme: "pbkdf2",
    iterations: ROUNDS,
    salt,
    derived_key: derive(password, salt, ROUNDS),
  };
}

/** Whether a document of `_users` is somebody's own. */
export const isOwn = (id, { name }) => name !== null && id === `${PREFIX}${name}`;
