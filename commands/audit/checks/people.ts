import type { Declared } from "../declared/declared";
import { type AuditFinding, findingsOf } from "../finding";
import type { Seen, SeenUser } from "../look/seen";

/** From here on numbers are those of people; below, of the system and of units. */
const FIRST = 1000;

/** `nobody`, and who runs in a namespace of users. */
const LAST = 59_999;

const canLogIn = ({ shell }: SeenUser): boolean => !/\/(nologin|false)$/.test(shell);

const isPerson = (user: SeenUser): boolean => user.uid >= FIRST && user.uid <= LAST && canLogIn(user);

/** Users that may log in or are root, and nobody declared; who else may become root. */
export function userFindings(declared: Declared, { users, groups }: Pick<Seen, "users" | "groups">): AuditFinding[] {
  const finding = findingsOf(declared.host, "user");
  const others = users
    .filter(({ name }) => name !== "root" && !declared.users.has(name))
    .filter((user) => user.uid === 0 || isPerson(user))
    .map(({ name, uid, shell }) =>
      finding(name, {
        expected: "no user who may log in beyond the declared ones",
        found: `uid ${uid} with ${shell}`,
        mend: `userdel ${name}, once it is clear who made it`,
      }),
    );
  const members = Object.entries(groups).flatMap(([group, names]) =>
    names
      .filter((name) => group !== "adm" && name !== "root" && !declared.users.has(name))
      .map((name) =>
        finding(`${name}/${group}`, {
          expected: "no member beyond the declared users: the group has the rights of root",
          found: `${name} in ${group}`,
          mend: `gpasswd --delete ${name} ${group}`,
        }),
      ),
  );
  return [...others, ...members];
}

/** Keys that open an account, and nobody declared. */
export function keyFindings(declared: Declared, { keys }: Pick<Seen, "keys">): AuditFinding[] {
  const finding = findingsOf(declared.host, "key");
  return keys
    .filter(({ user, key }) => !(declared.users.get(user) ?? []).includes(key))
    .map(({ user, file, key }) =>
      finding(`${user}/${key.slice(-12)}`, {
        where: file,
        expected: `no key that opens ${user} beyond the declared ones`,
        found: `${key.split(" ")[0] ?? ""} …${key.slice(-12)}`,
        mend: `take the line out of ${file}, once it is clear whose it is`,
      }),
    );
}
