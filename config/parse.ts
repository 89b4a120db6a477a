import { type Finding, problemsOf } from "../model/finding";
import type { KnownNames, StackConfig } from "./schema";
import type { SecretDeclaration } from "../model/secret";
import { declaredWith, sharedNames } from "./registries";
import { secretProblems } from "./secrets";
import { parseSettings } from "./settings";

/** What config needs to know of a platform. */
export interface PlatformNames {
  /** Value of `vpai:platform`. */
  readonly name: string;
  readonly hosts: readonly string[];
  readonly groups: readonly string[];
  readonly services: readonly string[];
  readonly settings: KnownNames["settings"];
  readonly secrets: readonly SecretDeclaration[];
}

/** A stack's config as Pulumi hands it over. */
export interface RawConfig {
  readonly stack: string;
  /** All values by full key (`vpai:domain`); a structured one is JSON text, a secret one is decrypted. */
  readonly values: Readonly<Record<string, string>>;
  /** Full keys whose values are encrypted in the stack's file. */
  readonly secretKeys: ReadonlySet<string>;
  /** Whether hosts will be connected to: every existing machine then needs its host key. */
  readonly connects: boolean;
}

/** Key of what `make rotate` has under way. */
export const ROTATING = "vpai:rotating";

/** Namespaces that may be in a stack's config. `pulumi:` is the engine's own, read by it alone. */
const NAMESPACES = ["vpai", "secrets", "pulumi"];

const namespaceOf = (key: string) => key.slice(0, key.indexOf(":"));
const nameOf = (key: string) => key.slice(key.indexOf(":") + 1);

const inNamespace = (namespace: string, values: RawConfig["values"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (namespaceOf(key) === namespace ? [[nameOf(key), value]] : [])),
  );

const encryptedIn = (namespace: string, keys: RawConfig["secretKeys"]): Set<string> =>
  new Set([...keys].filter((key) => namespaceOf(key) === namespace).map(nameOf));

const foreignKeys = ({ stack, values }: RawConfig): Finding[] =>
  Object.keys(values)
    .filter((key) => !NAMESPACES.includes(namespaceOf(key)))
    .map((key) => ({
      where: key,
      expected: "a key of the namespaces vpai:, secrets: or pulumi:",
      found: `the namespace ${namespaceOf(key)}:, which nothing reads: providers get their settings from this program`,
      mend: `pulumi config rm --stack ${stack} ${key}; a token for a provider belongs in secrets: (make secrets STACK=${stack})`,
    }));

/** A host whose key is not pinned cannot be told from one that took its address. */
const missingHostKeys = (config: StackConfig, stack: string): Finding[] =>
  Object.entries(config.hosts).flatMap(([name, { machine }]) => {
    if (machine.kind !== "existing" || machine.hostKey !== undefined) return [];
    const scan = `ssh-keyscan -t ed25519 -p ${machine.port} ${machine.address}`;
    return [
      {
        where: `vpai:hosts.${name}.machine.hostKey`,
        expected: "the host's SSH public key, as this run connects to it",
        found: "nothing",
        mend:
          `run ${scan}; compare its fingerprint (… | ssh-keygen -lf -) with that of ` +
          "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub in the provider's console or at the screen; then " +
          `pulumi config set --stack ${stack} --path 'vpai:hosts.${name}.machine.hostKey' 'ssh-ed25519 AAAA…'`,
      },
    ];
  });

const isMadeAnew = ({ origin, fixed }: SecretDeclaration): boolean => origin === "random" && fixed === undefined;

/** It holds old values of secrets. */
const clearRotations = ({ stack, values, secretKeys }: RawConfig): Finding[] =>
  values[ROTATING] === undefined || secretKeys.has(ROTATING)
    ? []
    : [
        {
          where: ROTATING,
          expected: "an encrypted value, as `make rotate` writes it",
          found: "plain text, which is not shown",
          mend: `pulumi config rm --stack ${stack} ${ROTATING}; then make rotate STACK=${stack} SECRET=…, for each secret in it`,
        },
      ];

/** The chosen platform, or all of them together while none is chosen, so that other keys can still be checked. */
const chosen = (name: string | undefined, platforms: readonly PlatformNames[]): readonly PlatformNames[] => {
  const match = platforms.filter((platform) => platform.name === name);
  return match.length > 0 ? match : platforms;
};

/** Settings and declared secrets of a stack, with the problems of the settings alone. */
export interface StackSettings {
  /** Absent when a setting is wrong. */
  readonly config?: StackConfig;
  readonly problems: readonly Finding[];
  /** What the stack's platform declares, and what its logins at registries do. */
  readonly declared: readonly SecretDeclaration[];
}

const source = (raw: RawConfig, namespace: string) => ({
  stack: raw.stack,
  encrypted: encryptedIn(namespace, raw.secretKeys),
});

/** Checks everything but the `secrets:` namespace. */
export const readSettings = (raw: RawConfig, platforms: readonly PlatformNames[]): StackSettings => {
  const candidates = chosen(raw.values["vpai:platform"], platforms);
  const names: KnownNames = {
    platforms: platforms.map((platform) => platform.name),
    hosts: candidates.flatMap((platform) => platform.hosts),
    groups: [...new Set(candidates.flatMap((platform) => platform.groups))],
    services: candidates.flatMap((platform) => platform.services),
    secrets: candidates.flatMap((platform) => platform.secrets.map(({ name }) => name)),
    rotatable: candidates.flatMap((platform) => platform.secrets.filter(isMadeAnew).map(({ name }) => name)),
    settings: Object.assign({}, ...candidates.map((platform) => platform.settings)) as KnownNames["settings"],
  };
  const clear = clearRotations(raw);
  const settings = inNamespace("vpai", raw.values);
  // Whoever reads the settings alone finds it empty.
  if (clear.length > 0 || settings["rotating"] === "") delete settings["rotating"];
  const { config, problems } = parseSettings(settings, names, source(raw, "vpai"));
  const declared = candidates.flatMap((platform) => platform.secrets);
  return {
    ...(config && { config }),
    problems: [
      ...foreignKeys(raw),
      ...clear,
      ...problems,
      ...(config && raw.connects ? missingHostKeys(config, raw.stack) : []),
      ...(config ? sharedNames(config.registries, declared) : []),
    ],
    declared: declaredWith(declared, config?.registries ?? raw.values["vpai:registries"]),
  };
};

/** What an error about a stack's config begins with. */
export const titleOf = ({ stack }: Pick<RawConfig, "stack">): string => `The config of stack ${stack}`;

/** Checks a whole stack config. Throws one UserError with every problem. */
export const parseStackConfig = (raw: RawConfig, platforms: readonly PlatformNames[]): StackConfig => {
  const { config, problems, declared } = readSettings(raw, platforms);
  const secrets = secretProblems(inNamespace("secrets", raw.values), declared, config, source(raw, "secrets"));
  const all = [...problems, ...secrets];
  if (!config || all.length > 0) throw problemsOf(titleOf(raw), all);
  return config;
};
