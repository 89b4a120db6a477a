import { planOf } from "../../../../commands/rotate/plan";
import { bucketsOf, described, takerNames } from "../../../../commands/rotate/stack";
import { takesBoth } from "../../../../platforms/logins";
import { settingsOf } from "../../components/stack/graph";

/** The lab, with one secret in its file. */
const lab = (
  services: readonly string[],
  secrets: Record<string, string> = { redisPassword: "given-by-hand" },
  settings: Record<string, string> = {},
) => {
  const given = Object.entries(secrets).map(([name, value]) => [`secrets:${name}`, value] as const);
  return described({
    stack: "lab",
    values: {
      ...settingsOf("lab"),
      ...settings,
      "vpai:services": JSON.stringify(services),
      ...Object.fromEntries(given),
    },
    secretKeys: new Set(given.map(([key]) => key)),
    connects: false,
  });
};

const CORE = lab(["core"]);
const MADE = {
  postgresqlPassword: "made",
  n8nDatabasePassword: "made",
  n8nAdminPassword: "made",
  n8nEncryptionKey: "made",
  monitoringWriteKey: "made",
};

const namesOf = (given: object, stack = CORE) =>
  planOf(given, stack, MADE).rotated.map(({ declaration }) => declaration.name);

test("one secret, some of them, or all that the stack has and nobody has to be asked for", () => {
  expect(namesOf({ SECRET: "redisPassword" })).toEqual(["redisPassword"]);
  expect(namesOf({ SECRET: "postgresqlPassword, redisPassword" }).sort()).toEqual([
    "postgresqlPassword",
    "redisPassword",
  ]);
  expect(namesOf({ ALL: "1" }).sort()).toEqual([
    "monitoringWriteKey",
    "n8nAdminPassword",
    "n8nDatabasePassword",
    "postgresqlPassword",
    "redisPassword",
  ]);
});

const refusal = (given: object, stack = CORE): string => {
  try {
    planOf(given, stack, MADE);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("expected a refusal");
};

test("an unknown name is told with the known ones, and which was probably meant", () => {
  const said = refusal({ SECRET: "redisPasword" });
  expect(said).toContain('found:    "redisPasword"');
  expect(said).toContain("did you mean redisPassword");
  for (const name of ["redisPassword", "postgresqlPassword", "litellmSaltKey"]) expect(said).toContain(name);
});

test("all that is wrong is told at once", () => {
  const said = refusal({ SECRET: "nothing,n8nEncryptionKey,redisPassword" });
  expect(said).toContain("2 problems");
  expect(said).toContain('"nothing"');
  expect(said).toContain("secrets:n8nEncryptionKey cannot be rotated");
});

test.each([
  [{}, "neither"],
  [{ SECRET: "redisPassword", ALL: "1" }, "both"],
  [{ ALL: "yes" }, "ALL=yes"],
])("%j: what is expected", (given, found) => {
  const said = refusal(given);
  expect(said).toContain("the name of a secret, or ALL=1");
  expect(said).toContain(found);
});

/** Each secret that cannot be rotated, and the reason as a person reads it. */
const FIXED: Record<string, string> = {
  n8nEncryptionKey:
    "secrets:n8nEncryptionKey cannot be rotated: the credentials in n8n's database are encrypted with it; another value would " +
    "cost every credential of its workflows, those that people added in its editor among them",
  litellmSaltKey:
    "secrets:litellmSaltKey cannot be rotated: the keys in LiteLLM's database are encrypted with the one of before; another value " +
    "would cost the models and their providers' keys that were added in LiteLLM itself",
  nocodbConnectionKey:
    "secrets:nocodbConnectionKey cannot be rotated: the credentials in NocoDB's database are encrypted with the one of before; " +
    "another value would cost the credentials of all databases and stores that NocoDB was given",
  sureSecretKeyBase:
    "secrets:sureSecretKeyBase cannot be rotated: what Sure has encrypted is lost without the one of before; another value would " +
    "cost its users' second factors, API keys and connections to banks, and every session",
  couchdbSecret:
    "secrets:couchdbSecret cannot be rotated: clients know the server by what follows from it, and would read everything anew; " +
    "another value would cost every client a synchronisation from the beginning, and every session",
  grafanaAdminPassword:
    "secrets:grafanaAdminPassword cannot be rotated: Grafana takes it on its first start only, and later changes it itself, in its " +
    "user's profile; another value would cost the truth of the stack's file: it would name a password that Grafana refuses",
  opencutDatabasePassword:
    "secrets:opencutDatabasePassword cannot be rotated: OpenCut's PostgreSQL takes it on its first start only; another value would " +
    "cost OpenCut's way to its accounts, which its PostgreSQL would refuse",
  backupsPassword:
    "secrets:backupsPassword cannot be rotated: the repository elsewhere is encrypted with it; `restic key passwd` gives it another " +
    "one; another value would cost every backup in it, unless the old password is kept",
  ...Object.fromEntries<string>(
    [
      ["kaneoAdminPassword", "Kaneo"],
      ["sureAdminPassword", "Sure"],
      ["zerobyteAdminPassword", "Zerobyte"],
    ].map(([name = "", program]) => [
      name,
      `secrets:${name} cannot be rotated: ${program} keeps the one of its first start, until its owner changes it in the program; ` +
        "another value would cost the stack's way in: change it there, then give the stack the same one (make secrets OVERWRITE=1)",
    ]),
  ),
};

const WHOLE = lab(["core", "apps", "monitoring", "vpn", "studio"]);

test.each(Object.entries(FIXED))("%s is refused with its reason, and what would be lost", (name, reason) =>
  expect(refusal({ SECRET: name }, WHOLE)).toContain(`found:    ${reason}\n`),
);

test("and no other secret of the platform is", () => {
  const fixed = WHOLE.secrets.filter(({ declaration }) => declaration.fixed !== undefined);
  expect(fixed.map(({ declaration }) => declaration.name).sort()).toEqual(Object.keys(FIXED).sort());
});

test("ALL=1 lists what it leaves, and why", () => {
  const { left } = planOf({ ALL: "1" }, CORE, MADE);
  const reasons = Object.fromEntries(left.map(({ name, reason }) => [name, reason]));
  expect(reasons["n8nEncryptionKey"]).toBe(FIXED["n8nEncryptionKey"]);
  expect(reasons["ovhApplicationKey"]).toBe("it has no value: make secrets");
  expect(reasons["qdrantApiKey"]).toBe("no program of this stack takes it");
  expect(reasons["redisPassword"]).toBeUndefined();
  expect(planOf({ ALL: "1" }, lab(["core"], {}), MADE).left).toContainEqual({
    name: "redisPassword",
    reason: "there is no value yet: make up makes the first one",
  });
});

test("what a person gives is rotated by name alone", () => {
  const given = lab(["core", "apps"], { openaiApiKey: "from-the-console" });
  expect(namesOf({ SECRET: "openaiApiKey" }, given)).toEqual(["openaiApiKey"]);
  expect(planOf({ ALL: "1" }, given, MADE).left).toContainEqual({
    name: "openaiApiKey",
    reason: "a person gives it: make rotate SECRET=openaiApiKey",
  });
});

/** Who has each key of the S3 server, in a stack with a bucket of backups: typed in from docs/decisions/offsite.md. */
const S3: Readonly<Record<string, readonly string[]>> = {
  backupsAccessKey: ["seko-vpn/zerobyte", "seko-vpn/offsite", "bucket vpai-backups"],
  backupsSecretKey: ["seko-vpn/zerobyte", "seko-vpn/offsite"],
  backupsPruneAccessKey: ["seko-vpn/offsite-upkeep", "bucket vpai-backups"],
  backupsPruneSecretKey: ["seko-vpn/offsite-upkeep"],
  bucketsAccessKey: ["bucket vpai-backups"],
  bucketsSecretKey: ["bucket vpai-backups"],
};

test("keys of the S3 server are rotated by name, also those that no service has", () => {
  const names = Object.keys(S3);
  const settings = { "vpai:backupsBucket": "vpai-backups", "vpai:bucketsPrincipal": "{key}" };
  const stack = lab(["core", "vpn"], Object.fromEntries(names.map((name) => [name, `old-${name}`])), settings);
  expect(namesOf({ SECRET: names.join(",") }, stack).sort()).toEqual([...names].sort());
  const taking = stack.secrets
    .filter(({ declaration }) => names.includes(declaration.name))
    .map(({ declaration }) => [declaration.name, takerNames(declaration, stack)]);
  expect(Object.fromEntries(taking)).toEqual(S3);
  // The policy is told of both access keys, so that a second up has to take the one of before out of it.
  const both = stack.secrets.filter(({ declaration }) => takesBoth(declaration, stack.views, bucketsOf(stack)));
  expect(both.map(({ declaration }) => declaration.name)).toEqual(
    expect.arrayContaining(["backupsAccessKey", "backupsPruneAccessKey"]),
  );
  const halves = both.filter(({ declaration: { name } }) => name.endsWith("SecretKey"));
  expect(halves).toEqual([]);
  const without = lab(["core", "vpn"], { backupsPruneAccessKey: "old" });
  expect(refusal({ SECRET: "backupsPruneAccessKey" }, without)).toContain("no program of this stack takes it");
});
