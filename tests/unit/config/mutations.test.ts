import fc from "fast-check";
import { anyCharacter } from "../any-character";
import { rawConfig, SECRETS, SETTINGS } from "./example";
import { errorOf } from "./problems-of";

type Path = readonly string[];
type Tree = Record<string, unknown>;

/** Keys whose removal leaves a right config: those that have a default, and each of several hosts and services. */
const OPTIONAL =
  /^(acmeEmail|acme(\..*)?|ovh|ovh\.(endpoint|adoptNames)|ownerEmail|vpnEnforce|couchdbVpnEnforce|adopt|isolated|keptReleases|neverBanned(\.\d+)?|workflows|services(\.\d+)?|operator(\.keys(\.\d+)?|\.otherKeys)?|rotations(\..*)?|overrides(\..*)?|hosts\.[^.]+(\.vpnAddress|\.unreachable|\.crowdsec|\.machine\.(port|firstPort|identityFile|ownsKernel|user|allowSshFrom|jump|jump\.port|jump\.identityFile))?)$/;

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

const pathsOf = (value: unknown, path: Path = []): Path[] =>
  isTree(value)
    ? Object.entries(value).flatMap(([key, child]) => [[...path, key], ...pathsOf(child, [...path, key])])
    : [];

const PATHS = pathsOf(SETTINGS);
const LEAVES = PATHS.filter((path) => !isTree(valueAt(path)));
const TREES: Path[] = [[], ...PATHS.filter((path) => isTree(valueAt(path)))];

function valueAt(path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Tree)[key], SETTINGS);
}

/** A copy of the settings after `change` of the object that holds the last key of `path`. */
const changed = (path: Path, change: (parent: Tree, key: string) => void): Tree => {
  const copy = structuredClone(SETTINGS) as unknown as Tree;
  const parent = path.slice(0, -1).reduce<Tree>((value, key) => value[key] as Tree, copy);
  change(parent, path.at(-1) ?? "");
  return copy;
};

const keyOf = (path: Path) => `vpai:${path.join(".")}`;
const expectProblem = (settings: Tree, key: string) => {
  const error = errorOf(rawConfig(settings));
  expect(error.findings.map((problem) => problem.where)).toContain(key);
  for (const secret of Object.values(SECRETS)) expect(error.message).not.toContain(secret);
};

const identifier = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_-]{0,15}$/);

it("an unknown key anywhere is named", () => {
  fc.assert(
    fc.property(fc.constantFrom(...TREES), identifier, fc.jsonValue(), (tree, name, value) => {
      fc.pre(!Object.hasOwn(valueAt(tree) as Tree, name));
      expectProblem(
        changed([...tree, name], (parent, key) => {
          Object.defineProperty(parent, key, { value, enumerable: true, configurable: true });
        }),
        keyOf([...tree, name]),
      );
    }),
    { numRuns: 150 },
  );
});

/** Wrong for every leaf, but for `true`, which is right where a flag is expected (Pulumi hands over text in any case). */
const WRONG: readonly unknown[] = [null, [], {}, [7], "", " ", "\u0000", "é\n", -1, 0.001, 1e300, true];
const LISTS = ["allowSshFrom", "services", "keys", "resolvers", "adoptNames", "neverBanned"];
const FLAGS = [
  "vpnEnforce",
  "couchdbVpnEnforce",
  "adopt",
  "isolated",
  "hosts.sese-ai.machine.ownsKernel",
  "hosts.workstation.crowdsec",
];

it.each(LEAVES.map((path) => [keyOf(path), path] as const))("a value of a wrong type at %s is named", (key, path) => {
  for (const value of WRONG) {
    if (value === true && FLAGS.includes(path.join("."))) continue;
    const named = Array.isArray(value) && value.length > 0 && LISTS.includes(path.at(-1) ?? "") ? `${key}[0]` : key;
    expectProblem(
      changed(path, (parent, last) => (parent[last] = value)),
      named,
    );
  }
});

it("a missing key is named", () => {
  const needed = PATHS.filter((path) => !OPTIONAL.test(path.join(".")) && path.at(-1) !== "kind");
  expect(needed.length).toBeGreaterThan(15);
  for (const path of needed)
    expectProblem(
      changed(path, (parent, key) => delete parent[key]),
      keyOf(path),
    );
});

it("a secret is never shown, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 12, unit: anyCharacter }), fc.boolean(), (value, encrypted) => {
      const secret = `canary-\n${value}`;
      const raw = rawConfig({ ...SETTINGS, domain: "-" }, { ...SECRETS, databasePassword: secret, unknownOne: secret });
      const error = errorOf({ ...raw, secretKeys: encrypted ? raw.secretKeys : new Set() });
      expect(error.findings.map(({ where }) => where)).toEqual(
        expect.arrayContaining(["vpai:domain", "secrets:databasePassword", "secrets:unknownOne"]),
      );
      expect(error.message).not.toContain("canary-");
    }),
  );
});
