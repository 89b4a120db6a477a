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
  const all = { ...prod, "vpai:services": services, "vpai:hosts": JSON.stringify(withHub), ...settings, ...CANARIES };
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
