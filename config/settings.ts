import type { z } from "zod";
import type { Finding } from "../model/finding";
import { stackSchema, type KnownNames, type StackConfig } from "./schema";

/** Longest piece of a wrong value that an error quotes, in characters. */
const LONGEST_QUOTE = 80;

const quote = (value: unknown): string => {
  const json = JSON.stringify(value) ?? typeof value;
  return json.length > LONGEST_QUOTE ? `${json.slice(0, LONGEST_QUOTE)}…` : json;
};

const pathText = (path: readonly PropertyKey[]): string =>
  path.map((step, index) => (typeof step === "number" ? `[${step}]` : (index ? "." : "") + String(step))).join("");

/** `pulumi config set` takes a path with --path; a step that holds more than letters, digits, _ and - is quoted. */
const setCommand = (stack: string, path: readonly PropertyKey[]): string => {
  const steps = path.slice(1).map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[\w-]+$/.test(String(step)) ? `.${String(step)}` : `["${String(step)}"]`;
  });
  const nested = steps.length > 0 ? "--path " : "";
  return `pulumi config set --stack ${stack} ${nested}'vpai:${String(path[0])}${steps.join("")}' <value>, or edit Pulumi.${stack}.yaml`;
};

interface Source {
  readonly stack: string;
  /** Top-level names whose values are encrypted: no part of them is quoted. */
  readonly encrypted: ReadonlySet<string>;
}

const unknownKeys = (issue: z.core.$ZodIssueUnrecognizedKeys): Finding[] => {
  const advice = issue.message.split("\n");
  return issue.keys.map((key, index) => ({
    where: `vpai:${pathText([...issue.path, key])}`,
    expected: "a key that this program knows",
    found: "an unknown key",
    mend: `${advice[index] ?? ""}, or remove it`,
  }));
};

/** What was found; for an unknown kind of a union zod reports the whole object, of which the kind is the wrong part. */
const inputOf = (issue: z.core.$ZodIssue): unknown => {
  if (issue.code !== "invalid_union" || typeof issue.input !== "object" || issue.input === null) return issue.input;
  return (issue.input as Record<PropertyKey, unknown>)[issue.path.at(-1) ?? ""];
};

/** A key that people choose, and that is not of the form that it has to be. */
const wrongKey = (issue: z.core.$ZodIssueInvalidKey): Finding => ({
  where: `vpai:${pathText(issue.path)}`,
  expected: issue.issues[0]?.message ?? issue.message,
  found: quote(issue.path.at(-1)),
  mend: "rename it, or remove it",
});

/** Why a value is not shown; undefined where it may be. */
const hiddenFor = (issue: z.core.$ZodIssue, encrypted: Source["encrypted"]): string | undefined => {
  if (encrypted.has(String(issue.path[0]))) return "it is encrypted";
  return issue.code === "custom" && issue.params?.["hidden"] === true ? "it may be a secret" : undefined;
};

const wrongValue = (issue: z.core.$ZodIssue, { stack, encrypted }: Source): Finding => {
  const hidden = hiddenFor(issue, encrypted);
  const input = inputOf(issue);
  const value = hidden === undefined ? quote(input) : `a value that is not shown, as ${hidden}`;
  return {
    where: `vpai:${pathText(issue.path)}`,
    expected: issue.message,
    found: input === undefined ? "nothing" : value,
    mend: setCommand(stack, issue.path),
  };
};

/** Two hosts with one VPN address, or one SSH server for two hosts, are a copy that was not edited. */
const sharedAddresses = (config: StackConfig): Finding[] => {
  const owners = new Map<string, string>();
  return Object.entries(config.hosts).flatMap(([name, { machine, vpnAddress }]) => {
    const addresses: [key: string, address: string][] = [];
    if (machine.kind === "existing") addresses.push(["machine.address", `${machine.address} port ${machine.port}`]);
    if (vpnAddress !== undefined) addresses.push(["vpnAddress", vpnAddress]);
    return addresses.flatMap(([key, address]): Finding[] => {
      const owner = owners.get(address);
      owners.set(address, owner ?? name);
      if (owner === undefined) return [];
      return [
        {
          where: `vpai:hosts.${name}.${key}`,
          expected: "an address of this host alone",
          found: `the address of ${owner}`,
          mend: `correct it in the stack's file, or remove one of the two hosts`,
        },
      ];
    });
  });
};

/** What the platform and its services declared stands apart from what the program itself knows. */
const withSettings = (all: Readonly<Record<string, unknown>>, declared: readonly string[]): StackConfig => {
  const isDeclared = ([name]: [string, unknown]): boolean => declared.includes(name);
  const entries = Object.entries(all);
  return {
    ...Object.fromEntries(entries.filter((entry) => !isDeclared(entry))),
    settings: Object.fromEntries(entries.filter(isDeclared)),
  } as StackConfig;
};

/** What a stack's settings are, or all that is wrong with them. */
export type ParsedSettings = { readonly problems: readonly Finding[]; readonly config?: StackConfig };

/** Checks the `vpai:` namespace; `values` has its names without the namespace. */
export const parseSettings = (
  values: Readonly<Record<string, string>>,
  names: KnownNames,
  source: Source,
): ParsedSettings => {
  const result = stackSchema(names).safeParse(values, { reportInput: true });
  if (!result.success) {
    return {
      problems: result.error.issues.flatMap((issue) => {
        if (issue.code === "unrecognized_keys") return unknownKeys(issue);
        return [issue.code === "invalid_key" ? wrongKey(issue) : wrongValue(issue, source)];
      }),
    };
  }
  const config = withSettings(result.data, Object.keys(names.settings));
  return { problems: sharedAddresses(config), config };
};
