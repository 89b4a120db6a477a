import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const CLOSED = { admins: { names: [], roles: ["_admin"] }, members: { names: [], roles: ["_admin"] } };

const isIn = ({ names = [], roles = [] } = {}, user) =>
  names.includes(user.name) || roles.some((role) => user.roles.includes(role));

export const isAdmin = ({ roles }) => roles.includes("_admin");

/** Who may do what in each database; kept in a file. */
export class Rights {
  constructor(file) {
    this.file = file;
    this.known = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  }

  of(database) {
    return this.known[database] ?? CLOSED;
  }

  set(database, rights) {
    if (rights === undefined) delete this.known[database];
    else this.known[database] = rights;
    writeFileSync(`${this.file}.new`, JSON.stringify(this.known));
    renameSync(`${this.file}.new`, this.file);
  }

  administers(user, database) {
    return isAdmin(user) || isIn(this.of(database).admins, user);
  }

  /** A database whose members are nobody in particular is everybody's. */
  enters(user, database) {
    const { members = {} } = this.of(database);
    const isOpen = (members.names ?? []).length + (members.roles ?? []).length === 0;
    return isOpen || this.administers(user, database) || isIn(members, user);
  }
}
