import {
  EXEMPTIONS,
  exemptionsOf,
  JAIL,
  JAIL_DIFFERENCES,
  jailOf,
  NEVER,
  PUT_EXEMPTIONS,
  PUT_JAIL,
  READ_EXEMPTIONS,
} from "../firewall/bans";
import { operatorsOf } from "../firewall/operators";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { transportTo } from "../ssh/transport";

/** Who tries to log in again and again reaches nothing of the host any more. */
interface LoginBansInputs {
  connection: Connection;
  /** Port of the SSH server. */
  sshPort: number;
  /** Addresses and networks that are never banned, beside the VPN's and those that the program itself logs in from. */
  ignored: string[];
  /** How long, as fail2ban writes it. Default in the resource: an hour. */
  banTime: string;
  /** How the host differs from that, in words: not at all. */
  differences: string[];
}

/** The same as it was put there. */
interface LoginBansState extends LoginBansInputs {
  /** Addresses that the program has logged in from; the last ten. */
  operators: string[];
}

const loginBansKind: Kind<LoginBansInputs, LoginBansState> = {
  version: 1,
  identity: [],
  id: ({ connection }) => connection.host,
  title: ({ connection }) => `bans of failed logins on ${connection.host}`,
  async ensure(inputs, before) {
    const host = transportTo(inputs.connection);
    const operators = await operatorsOf(host, before?.operators);
    const { sshPort, ignored, banTime } = inputs;
    const never = [...ignored, ...operators];
    await host.script(PUT_JAIL, [JAIL], { stdin: jailOf(sshPort, never, banTime) });
    await host.script(PUT_EXEMPTIONS, [EXEMPTIONS], { stdin: exemptionsOf(never) });
    return { ...inputs, operators, differences: [] };
  },
  async observe(state) {
    const host = transportTo(state.connection);
    const never = [...state.ignored, ...state.operators];
    const { code, stdout } = await host.run(["cat", "--", JAIL], { reads: true });
    const wanted = jailOf(state.sshPort, never, state.banTime);
    const file = code === 0 && stdout === wanted ? [] : [`${JAIL}: ${code === 0 ? "another text" : "not there"}`];
    const exempt = await host.script(READ_EXEMPTIONS, [EXEMPTIONS], { reads: true });
    const sshd = ["unknown\n", exemptionsOf(never)].includes(exempt)
      ? []
      : [`${EXEMPTIONS}: another text, or not there`];
    const said = await host.script(JAIL_DIFFERENCES, [...NEVER.slice(0, 1), ...NEVER.slice(2), ...never], {
      reads: true,
    });
    return { ...state, differences: [...file, ...sshd, ...said.split("\n").filter((line) => line !== "")] };
  },
  async remove({ connection }) {
    await transportTo(connection).script(
      'rm -f -- "$@"; ! systemctl is-active --quiet fail2ban || fail2ban-client reload',
      [JAIL, EXEMPTIONS],
    );
  },
};

/** fail2ban's jail of failed logins: who is banned reaches neither the host nor its containers (docs/decisions/firewall.md). */
export class LoginBans extends resourceOf(loginBansKind, {
  type: "vpai/host:LoginBans",
  name: "loginBans",
  defaults: { ignored: [], banTime: "1h", differences: [] },
  outputs: { operators: "plain" },
}) {}
