import { randomInt } from "node:crypto";

/** Runs a shell's text in a machine, whatever its network does. */
type InMachine = (script: string) => Promise<string>;

/** What a network may do to the packets that arrive at a machine's sshd, until it is told to end. */
type Fault = (inMachine: InMachine) => Promise<() => Promise<unknown>>;

const rule = async (inMachine: InMachine, port: number, ...fate: string[]): Promise<() => Promise<unknown>> => {
  const put = (verb: "-I" | "-D"): Promise<string> =>
    inMachine(`iptables ${verb} INPUT -p tcp --dport ${port} ${fate.join(" ")}`);
  await put("-I");
  return () => put("-D");
};

/** All of them vanish. */
export const blackhole =
  (port = 22): Fault =>
  (inMachine) =>
    rule(inMachine, port, "-j", "DROP");

/** Each vanishes by that chance. */
export const losses =
  (probability: number, port = 22): Fault =>
  (inMachine) =>
    rule(inMachine, port, "-m statistic --mode random --probability", String(probability), "-j DROP");

/** Kinds of connections that {@link cuts} tells apart. */
const KINDS = 32;

/** Bytes in both directions after which the longest-lived connection is cut. */
const MOST = 256 * 1024;

/** Each connection is reset once it has carried so many bytes, a number that is drawn for it when it begins. */
export const cuts =
  (port = 22): Fault =>
  async (inMachine) => {
    const bytes = Array.from({ length: KINDS }, () => randomInt(1, MOST));
    const rules = bytes.map(
      (count, kind) => `tcp dport ${port} ct mark ${kind + 1} ct bytes > ${count} counter reject with tcp reset`,
    );
    await inMachine(`sysctl -q -w net.netfilter.nf_conntrack_acct=1
      nft -f - <<'END'
table inet ssh_cuts {
  chain begin {
    type filter hook input priority -20; policy accept;
    tcp dport ${port} ct state new ct mark set numgen random mod ${KINDS} offset 1
    ${rules.join("\n    ")}
  }
}
END`);
    return () => inMachine("nft delete table inet ssh_cuts");
  };

/** Connections of a machine's sshd that {@link cuts} has reset so far: packets that its rules met. */
export const cutSoFar = async (inMachine: InMachine): Promise<number> =>
  [...(await inMachine("nft list table inet ssh_cuts")).matchAll(/packets (\d+)/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
