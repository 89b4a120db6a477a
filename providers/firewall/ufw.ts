import { isIPv6 } from "node:net";
import type { FirewallRules, Opening } from "../../model/firewall";

/** First word of the comments by which our rules are known. */
const MARK = "vpai";

const OURS = Buffer.from(`${MARK} `).toString("hex");

/** A protocol as UFW's files tell the two apart. */
interface Family {
  prefix: "ufw" | "ufw6";
  anywhere: string;
}

const V4: Family = { prefix: "ufw", anywhere: "0.0.0.0/0" };
const V6: Family = { prefix: "ufw6", anywhere: "::/0" };

/** One way in, as UFW has it: by one interface or by all. */
interface Rule extends Omit<Opening, "interfaces"> {
  on: string | undefined;
}

const isOf = ({ address, from }: Rule, family: Family): boolean =>
  [address, from].every((one) => one === undefined || isIPv6(one.split("/")[0] ?? "") === (family === V6));

/** What UFW reads a rule from, and shows it by. */
function tupleOf({ protocol, port, address, from, on, why }: Rule, { anywhere }: Family): string {
  const comment = Buffer.from(`${MARK} ${why}`).toString("hex");
  const direction = on === undefined ? "in" : `in_${on}`;
  return `### tuple ### allow ${protocol} ${port} ${address ?? anywhere} any ${from ?? anywhere} ${direction} comment=${comment}`;
}

const lineOf = ({ protocol, port, address, from, on }: Rule, { prefix }: Family): string =>
  [
    `-A ${prefix}-user-input`,
    ...(on === undefined ? [] : [`-i ${on}`]),
    `-p ${protocol}`,
    ...(address === undefined ? [] : [`-d ${address}`]),
    `--dport ${port}`,
    ...(from === undefined ? [] : [`-s ${from}`]),
    "-j ACCEPT",
  ].join(" ");

const sectionOf = (rules: readonly Rule[], family: Family): string =>
  [
    ...["### RULES ###", ""],
    ...rules.filter((rule) => isOf(rule, family)).flatMap((rule) => [tupleOf(rule, family), lineOf(rule, family), ""]),
    "### END RULES ###",
  ].join("\n");

/** The parts of UFW's `user.rules` and `user6.rules` that say what may enter the host: no rules but the platform's. */
export function ufwSections({ host }: Pick<FirewallRules, "host">): { "user.rules": string; "user6.rules": string } {
  const rules = host.flatMap(({ interfaces, ...opening }) =>
    (interfaces ?? [undefined]).map((on): Rule => ({ ...opening, on })),
  );
  return { "user.rules": sectionOf(rules, V4), "user6.rules": sectionOf(rules, V6) };
}

/** The rules that a part holds, each as its tuple without the comment. @param whose ours, or everybody's */
export const tuplesIn = (section: string, whose: "all" | "others" = "all"): string[] =>
  section
    .split("\n")
    .filter((line) => line.startsWith("### tuple ### ") && (whose === "all" || !line.includes(` comment=${OURS}`)))
    .map((line) => line.replace("### tuple ### ", "").replace(/ comment=[0-9a-f]*$/, ""));
