import type { FirewallRules } from "../../model/firewall";
import { filesOf } from "../firewall/files";
import { rulesetOf } from "../firewall/ruleset";
import {
  EFFECT,
  KERNEL_DIFFERENCES,
  PUT_SECTION,
  REMOVE,
  RESTORE,
  SECTION,
  SETTING_DIFFERENCES,
  SETTINGS,
  TABLE_DIFFERENCES,
  TOOLS,
  TOUCHED,
  WRITE,
} from "../firewall/scripts";
import { tuplesIn, ufwSections } from "../firewall/ufw";
import { fileArguments, fileDifferences } from "../host/system-files";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import type { Connection } from "../ssh/connection";
import { type Transport, transportTo } from "../ssh/transport";
import { warn } from "../warn";

/** The packet filter of a host. */
interface HostFirewallInputs {
  connection: Connection;
  /** What it lets through. */
  rules: FirewallRules;
  /** How the host differs from that, in words: not at all. */
  differences: string[];
}

/** Seconds for a change: what the host does takes a few, on a busy one more. */
const SECONDS = 80;

export const hostFirewallKind: Kind<HostFirewallInputs> = {
  version: 1,
  identity: [],
  id: ({ connection }) => connection.host,
  title: ({ connection }) => `firewall of ${connection.host}`,
  guarded: {
    name: "firewall",
    seconds: SECONDS,
    logins: ({ connection }) => ({ before: connection, after: connection }),
    files: ({ rules }) => [...filesOf(rulesetOf(rules)).map(({ path }) => path), ...TOUCHED],
    restore: () => ({ text: RESTORE }),
  },
  check: ({ rules: { host } }) =>
    host.some(({ why }) => why === "ssh")
      ? []
      : [{ property: "rules", reason: "expected an opening for SSH, found none" }],
  async ensure(inputs) {
    const host = transportTo(inputs.connection);
    await expectTools(host);
    const ruleset = rulesetOf(inputs.rules);
    await host.output(["nft", "--check", "--file", "-"], { stdin: ruleset });
    await host.script(WRITE, fileArguments(filesOf(ruleset)));
    await host.script(SETTINGS, []);
    await putSections(host, inputs.rules);
    const found = [...linesOf(await host.script(EFFECT, [])), ...(await ownDifferences(host, ruleset))];
    if (found.length > 0) throw new Error(`expected the rules in force, found ${found.join("; ")}`);
    return { ...inputs, differences: [] };
  },
  async observe(state) {
    return { ...state, differences: await differencesOf(transportTo(state.connection), state.rules) };
  },
  /** UFW stays on with the way in for SSH: a host that nobody looks after any more is no reason to open it. */
  async remove({ connection, rules }) {
    const host = transportTo(connection);
    await putSections(host, { host: rules.host.filter(({ why }) => why === "ssh") });
    await host.script(EFFECT, []);
    await host.script(
      REMOVE,
      filesOf(rulesetOf(rules)).map(({ path }) => path),
    );
  },
};

async function expectTools(host: Transport): Promise<void> {
  const { code, stdout } = await host.run(["sh", "-c", TOOLS]);
  if (code !== 0)
    throw new Error(
      `${host.name}: expected ufw, nftables and iptables on the host, found no${stdout.trimEnd()}. Install them: apt-get install ufw nftables iptables`,
    );
}

/** Gives UFW our rules and no others. What somebody else let in is named, so that they can have the platform declare it. */
async function putSections(host: Transport, rules: Pick<FirewallRules, "host">): Promise<void> {
  for (const [file, section] of Object.entries(ufwSections(rules))) {
    const found = await host.script(SECTION, [file], { reads: true });
    const ours = tuplesIn(section);
    for (const tuple of tuplesIn(found, "others").filter((one) => !ours.includes(one)))
      warn(`${host.name}: UFW's rule \`${tuple}\` follows from nothing that the platform declares, and is deleted`);
    if (found !== `${section}\n`) await host.script(PUT_SECTION, [file], { stdin: `${section}\n` });
  }
}

const linesOf = (said: string): string[] => said.split("\n").filter((line) => line !== "");

/** How a host differs from what its firewall is to be, a line each. */
async function differencesOf(host: Transport, rules: FirewallRules): Promise<string[]> {
  const kernel = linesOf(await host.script(KERNEL_DIFFERENCES, [], { reads: true }));
  const sections = await Promise.all(
    Object.entries(ufwSections(rules)).map((entry) => sectionDifferences(host, entry)),
  );
  return [...sections.flat(), ...kernel, ...(await ownDifferences(host, rulesetOf(rules)))];
}

async function sectionDifferences(host: Transport, [file, wanted]: [string, string]): Promise<string[]> {
  const text = await host.script(SECTION, [file], { reads: true });
  if (text === `${wanted}\n`) return [];
  const [ours, found] = [tuplesIn(wanted), tuplesIn(text)];
  const named = [
    ...ours.filter((one) => !found.includes(one)).map((one) => `missing ${one}`),
    ...found.filter((one) => !ours.includes(one)).map((one) => `unknown ${one}`),
  ];
  return (named.length === 0 ? ["another text"] : named).map((what) => `/etc/ufw/${file}: ${what}`);
}

/** How our own table, its files and UFW's settings differ. */
async function ownDifferences(host: Transport, ruleset: string): Promise<string[]> {
  const files = await fileDifferences(host, filesOf(ruleset));
  const said = await host.script(`${SETTING_DIFFERENCES}\n${TABLE_DIFFERENCES}`, [], { reads: true });
  return [...files, ...linesOf(said)];
}

/**
 * The firewall of a host: UFW for what enters it, a table of our own for what is forwarded to and from containers
 * (docs/decisions/firewall.md). A change is taken back by the host unless a new login works.
 */
export class HostFirewall extends resourceOf(hostFirewallKind, {
  type: "vpai/host:HostFirewall",
  name: "hostFirewall",
  defaults: { differences: [] },
  outputs: {},
}) {}
