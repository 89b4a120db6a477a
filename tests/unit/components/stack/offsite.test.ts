import { declaredSecrets } from "../../../../platforms";
import vpai from "../../../../platforms/vpai/platform";
import { CANARIES, graphOf, program, type Registered, resource, settingsOf } from "./graph";

/** Copies of the backups elsewhere, in a stack of all groups on the hosts of prod. */

const HUB = "100.64.0.9";

const SETTINGS = {
  "vpai:backupsBucket": "vpai-backups",
  "vpai:sharedBucket": "vpai-shared",
  "vpai:bucketsPrincipal": "arn:aws:iam:::user/p1:{key}",
};

const graphWith = (settings: Record<string, string>): Promise<Registered[]> => {
  const prod = settingsOf("prod");
  const hosts = JSON.parse(prod["vpai:hosts"] ?? "{}") as Record<string, object>;
  const withHub = { ...hosts, "seko-vpn": { ...hosts["seko-vpn"], vpnAddress: HUB } };
  const services = JSON.stringify(["core", "apps", "monitoring", "vpn", "studio"]);
  const all = { ...prod, "vpai:services": services, "vpai:hosts": JSON.stringify(withHub), ...CANARIES, ...settings };
  return graphOf("prod", all, program);
};

let graph: Registered[];
beforeAll(async () => {
  graph = await graphWith(SETTINGS);
}, 60_000);

const given = (name: string): string => CANARIES[`secrets:${name}`] ?? "none";

test("the buckets are made with a key that no host has, and each of the hub's keys is told what it may do", () => {
  const { inputs, secrets, protect } = resource(graph, "bucket/vpai-backups");
  expect(inputs).toMatchObject({
    endpoint: "https://nbg1.your-objectstorage.com",
    region: "nbg1",
    bucket: "vpai-backups",
    accessKey: given("bucketsAccessKey"),
    secretKey: given("bucketsSecretKey"),
    keptDays: 30,
    lockedDays: 30,
  });
  expect([secrets.sort(), protect]).toEqual([["accessKey", "policy", "secretKey"], true]);
  for (const key of ["backupsAccessKey", "backupsPruneAccessKey"])
    expect(inputs["policy"]).toContain(JSON.stringify(`arn:aws:iam:::user/p1:${given(key)}`));
  expect(resource(graph, "bucket/vpai-shared").inputs).toMatchObject({ bucket: "vpai-shared", lockedDays: 0 });
  const files = graph.filter(({ type }) => type.endsWith("host:RemoteFile"));
  for (const key of ["bucketsAccessKey", "bucketsSecretKey"])
    expect(files.filter(({ inputs: { content } }) => String(content).includes(given(key)))).toEqual([]);
});

interface Statement {
  Effect: "Allow" | "Deny";
  Principal: { AWS: string };
  Action: string[];
  Resource: string[];
}

/** What a bucket's policy says of the holder of a key. */
const statementsOf = (made: readonly Registered[], bucket: string, key: string): Statement[] =>
  (
    JSON.parse(String(resource(made, `bucket/${bucket}`).inputs["policy"])) as { Statement: Statement[] }
  ).Statement.filter(({ Principal: { AWS } }) => AWS === `arn:aws:iam:::user/p1:${key}`);

const isShutOut = (made: readonly Registered[], bucket: string, key: string): boolean =>
  statementsOf(made, bucket, key).some(
    ({ Effect, Action, Resource }) =>
      Effect === "Deny" &&
      Action.join() === "s3:*" &&
      Resource.join() === `arn:aws:s3:::${bucket},arn:aws:s3:::${bucket}/*`,
  );

/** Buckets that each access key for S3 opens, of those that the stack makes; the owner's opens both. */
const OPENS: Readonly<Record<string, readonly string[]>> = {
  attachmentsAccessKey: [],
  backupsAccessKey: ["vpai-backups"],
  backupsPruneAccessKey: ["vpai-backups"],
  bucketsAccessKey: ["vpai-backups", "vpai-shared"],
  seedAccessKey: [],
  sharedAccessKey: ["vpai-shared"],
};

test("every access key for S3 that is declared is shut out of each bucket that is not its own", () => {
  const declared = declaredSecrets(vpai).map(({ name }) => name);
  expect(declared.filter((name) => name.endsWith("AccessKey")).sort()).toEqual(Object.keys(OPENS));
  for (const [key, own] of Object.entries(OPENS))
    for (const bucket of ["vpai-backups", "vpai-shared"])
      expect([key, bucket, isShutOut(graph, bucket, given(key))]).toEqual([key, bucket, !own.includes(bucket)]);
});

test("a key that is for attachments or seeds in a bucket of the stack is let in there", async () => {
  const made = await graphWith({
    ...SETTINGS,
    "vpai:attachmentsBucket": "vpai-shared",
    "vpai:seedBucket": "vpai-shared",
  });
  for (const key of ["attachmentsAccessKey", "seedAccessKey"]) {
    expect(statementsOf(made, "vpai-shared", given(key))).toEqual([]);
    expect(isShutOut(made, "vpai-backups", given(key))).toBe(true);
  }
}, 60_000);

test("a value that is given for several buckets is denied none of them, and the owner's nothing", async () => {
  const owner = given("bucketsAccessKey");
  const made = await graphWith({
    ...SETTINGS,
    "secrets:sharedAccessKey": given("backupsAccessKey"),
    "secrets:seedAccessKey": owner,
  });
  for (const bucket of ["vpai-backups", "vpai-shared"]) {
    expect(isShutOut(made, bucket, given("backupsAccessKey"))).toBe(false);
    expect(statementsOf(made, bucket, owner)).toEqual([]);
  }
}, 60_000);

test("while keys are rotated, those of before may do no more than the new ones", async () => {
  const before = (name: string): string => `old-of-${name}`;
  const names = ["backupsAccessKey", "sharedAccessKey"];
  const rotating = JSON.stringify(Object.fromEntries(names.map((name) => [name, { before: before(name) }])));
  const made = await graphWith({ ...SETTINGS, "vpai:rotating": rotating });
  const said = (key: string): object[] =>
    statementsOf(made, "vpai-backups", key).map(({ Effect, Action, Resource }) => ({ Effect, Action, Resource }));
  expect(said(before("backupsAccessKey"))).toEqual(said(given("backupsAccessKey")));
  expect(said(before("backupsAccessKey"))).not.toEqual([]);
  expect(isShutOut(made, "vpai-backups", before("sharedAccessKey"))).toBe(true);
  expect(isShutOut(made, "vpai-shared", before("backupsAccessKey"))).toBe(true);
}, 60_000);

test("nobody is given a key before its bucket is told what it may do", () => {
  for (const name of [
    "seko-vpn/job/offsite/secret/access_key",
    "seko-vpn/job/offsite-upkeep/secret/access_key",
    "seko-vpn/repository/vpai-backups",
  ])
    expect([name, resource(graph, name).dependsOn]).toEqual([name, expect.arrayContaining(["bucket/vpai-backups"])]);
  expect(resource(graph, "bucket/vpai-backups").dependsOn).not.toContain("bucket/vpai-shared");
});

test("on every host the hub's key is good for that host's sets alone", () => {
  const { inputs } = resource(graph, "workstation/visitor/offsite");
  expect(inputs).toMatchObject({
    comment: "offsite@seko-vpn",
    command: [
      ...["/bin/bash", "/opt/workstation/configs/backup-workstation/backup.sh"],
      ...["/opt/workstation", "workstation_", "-", "serve"],
    ],
  });
  expect(inputs["publicKey"]).toBe(resource(graph, "sese-ai/visitor/offsite").inputs["publicKey"]);
  const keys = graph.filter(({ type }) => type.endsWith("AuthorizedKey")).map(({ name, parent }) => [name, parent]);
  expect(keys.sort()).toEqual(["seko-vpn", "sese-ai", "workstation"].map((host) => [`${host}/visitor/offsite`, host]));
});

test("the operator, as whom the hub comes, is told of that key: it is none of somebody else's", async () => {
  expect(resource(graph, "workstation/operator").inputs["visitors"]).toEqual(["offsite@seko-vpn"]);
  const others = await graphWith({ ...SETTINGS, "vpai:operator": JSON.stringify({ user: "someone" }) });
  expect(resource(others, "workstation/operator").inputs["visitors"]).toEqual([]);
}, 60_000);

test("the hub logs in at addresses of the VPN, with pinned host keys and a key that root alone reads", () => {
  const { content } = resource(graph, "seko-vpn/job/offsite/config/ssh/config").inputs;
  expect(content).toContain(`Host seko-vpn\n  HostName ${HUB}\n`);
  expect(content).toContain("StrictHostKeyChecking yes");
  const { content: known } = resource(graph, "seko-vpn/job/offsite/config/ssh/known_hosts").inputs;
  expect(String(known).match(/^[\w-]+ /gm)).toEqual(["sese-ai ", "seko-vpn ", "workstation "]);
  const key = resource(graph, "seko-vpn/job/offsite/secret/ssh_key");
  expect(key.inputs).toMatchObject({ path: "/opt/vpn/secrets/offsite/ssh_key", mode: "0400", owner: "0:0" });
  expect(key.secrets).toContain("content");
});

test("production's choice of groups, in which the hub runs nothing, is refused a bucket that nothing would fill", async () => {
  const refused = graphOf("prod", { ...settingsOf("prod"), ...SETTINGS, ...CANARIES }, program);
  await expect(refused).rejects.toMatchObject({
    findings: [
      {
        where: "bucket vpai-backups",
        expected: "a host that runs the job offsite, which fills it",
        found: "none: seko-vpn, which has it, runs nothing, as none of its groups is chosen (vpn)",
        mend: "choose one of vpn in vpai:services, or leave the bucket out of the stack's file until then",
      },
    ],
  });
}, 60_000);

test("a stack without the hub is refused it as well", async () => {
  const prod = settingsOf("prod");
  const { "sese-ai": sese } = JSON.parse(prod["vpai:hosts"] ?? "{}") as Record<string, object>;
  const alone = { ...prod, "vpai:hosts": JSON.stringify({ "sese-ai": sese }), ...SETTINGS, ...CANARIES };
  await expect(graphOf("prod", alone, program)).rejects.toMatchObject({
    findings: [{ where: "bucket vpai-backups", found: "no host of the stack that has it" }],
  });
}, 60_000);

test("without a bucket there is nothing of that", async () => {
  const names = (await graphWith({})).map(({ name }) => name);
  expect(names.filter((name) => /offsite|^bucket|backupsPassword/.test(name))).toEqual([]);
}, 60_000);
