import type { Guarded } from "../guard";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { loginKeyOf } from "../ssh/login/key";
import { expectRoot } from "../ssh/login-rights";
import { transportTo } from "../ssh/transport";
import { accountOn, ensureAccount, writeKeys, writeSudoers } from "../system/account";
import { declaredIn, othersIn, withKeys } from "../system/authorized-keys";
import { warn } from "../warn";

/** The account that works on a host: its groups, its keys, and that it becomes root without a password. */
interface HostOperatorInputs {
  connection: Connection;
  user: string;
  /** Its home. Default of whoever makes the resource: `/home/<user>`. */
  home: string;
  /** Groups that it is in, beside others. */
  groups: string[];
  /** Public keys that it logs in with, `ssh-ed25519 AAAA…`. */
  keys: string[];
  /** What becomes of keys that are not among them: those that are kept are told of. */
  otherKeys: "keep" | "remove";
  /** Comments of the keys by which jobs log in as it, each a resource of its own: they are no others. Default: none. */
  visitors?: string[];
  /** Absolute path of the file that lets it become root. */
  sudoers: string;
  /** `without a password`; a refresh notes what the file says instead. */
  becomesRoot: string;
}

interface HostOperatorState extends HostOperatorInputs {
  /** Keys that are there and not declared, as `SHA256:… comment`. */
  undeclaredKeys: string[];
  /** Whether the account was made by us: else it stays when the resource goes. */
  made: boolean;
}

const BECOMES_ROOT = "without a password";

const rulesOf = (user: string): string => `${user} ALL=(ALL:ALL) NOPASSWD: ALL\n`;

/** Seconds that the change and a new login may take. */
const SECONDS = 60;

const guarded: Guarded<HostOperatorInputs, HostOperatorState> = {
  name: "operator",
  seconds: SECONDS,
  logins: ({ connection }) => ({ before: connection, after: connection }),
  files: ({ home, sudoers }) => [`${home}/.ssh/authorized_keys`, sudoers],
  // Both files are read anew by each login: there is nothing to make take effect.
  restore: () => ({ text: ":" }),
};

export const hostOperatorKind: Kind<HostOperatorInputs, HostOperatorState> = {
  version: 1,
  identity: ["user"],
  optional: ["visitors"],
  id: ({ user, connection }) => `${user} on ${connection.host}`,
  title: ({ user, connection }) => `account ${user} on ${connection.host}`,
  guarded,
  check: ({ user, otherKeys, keys }) =>
    otherKeys === "remove" && keys.length === 0
      ? [{ property: "keys", reason: `expected a key that ${user} logs in with before all others go, found none` }]
      : [],
  async ensure(inputs, before) {
    const host = transportTo(inputs.connection);
    await expectRoot(host);
    await expectOwnKeyStays(inputs);
    const known = await accountOn(host, inputs.user);
    await writeSudoers(host, inputs.sudoers, rulesOf(inputs.user));
    const account = await ensureAccount(host, inputs);
    const wanted = withKeys(account.keysFile, inputs.keys, inputs.otherKeys, inputs.visitors);
    if (wanted !== account.keysFile) await writeKeys(host, account, wanted);
    const undeclaredKeys = othersIn(wanted, inputs.keys, inputs.visitors);
    tellOf(undeclaredKeys, inputs);
    return { ...inputs, undeclaredKeys, made: before?.made ?? known === undefined };
  },
  async observe(state) {
    const host = transportTo(state.connection);
    const account = await accountOn(host, state.user);
    if (account === undefined) return undefined;
    const rules = (await host.run(["cat", "--", state.sudoers], { reads: true })).stdout;
    const undeclaredKeys = othersIn(account.keysFile, state.keys, state.visitors);
    tellOf(undeclaredKeys, state);
    const isToGo = state.otherKeys === "remove" && undeclaredKeys.length > 0;
    return {
      ...state,
      home: account.home,
      groups: state.groups.filter((group) => account.groups.includes(group)),
      keys: [...declaredIn(account.keysFile, state.keys), ...(isToGo ? undeclaredKeys : [])],
      becomesRoot: rules === rulesOf(state.user) ? BECOMES_ROOT : `by other rules in ${state.sudoers}`,
      undeclaredKeys,
    };
  },
  /** What we log in with stays; so do the home and what is in it. */
  async remove(state) {
    const { connection, user, sudoers, made } = state;
    if (connection.user === user)
      return warn(`account ${user} on ${connection.host}: we log in as it, so it stays with its keys and rights`);
    const host = transportTo(connection);
    await host.output(["rm", "-f", "--", sudoers]);
    if (made && (await accountOn(host, user)) !== undefined) await host.output(["userdel", "--", user]);
  },
};

/** @throws when the key that we log in with would go */
async function expectOwnKeyStays({ connection, user, keys, otherKeys }: HostOperatorInputs): Promise<void> {
  if (connection.user !== user || otherKeys === "keep") return;
  const own = await loginKeyOf(connection);
  if (own === undefined || keys.includes(own)) return;
  throw new Error(
    `account ${user} on ${connection.host}: expected the key that we log in with (${connection.identityFile ?? ""}) among its keys, found that it ` +
      "would be removed: add its public part to vpai:operator.keys, or log in with one that stays",
  );
}

function tellOf(undeclaredKeys: readonly string[], { user, connection, otherKeys }: HostOperatorInputs): void {
  if (undeclaredKeys.length === 0 || otherKeys === "remove") return;
  warn(
    `account ${user} on ${connection.host} has keys that nobody declared: ${undeclaredKeys.join(", ")}. ` +
      "Add them to vpai:operator.keys, or have them removed by vpai:operator.otherKeys: remove",
  );
}

/** The operator's account on a host. Changes are confirmed by a new login, or taken back by the host. */
export class HostOperator extends resourceOf(hostOperatorKind, {
  type: "vpai/host:Operator",
  name: "hostOperator",
  defaults: { becomesRoot: BECOMES_ROOT },
  outputs: { undeclaredKeys: "plain", made: "plain" },
}) {}
