import { offsiteJobs } from "../../../programs/offsite";
import { hostJobsOf } from "../../../model/platform";
import { HOSTS } from "../../../platforms/vpai/hosts";
import { contextWith } from "../../context";

/** The hub's jobs that bring sets elsewhere; what they do is tried in tests/lab/all/offsite.test.ts. */

const SETTINGS = {
  backupsBucket: "vpai-backups",
  bucketsEndpoint: "https://nbg1.your-objectstorage.com",
  bucketsRegion: "nbg1",
};

const context = contextWith({ host: "seko-vpn", settings: SETTINGS });
const [push, upkeep] = offsiteJobs(["egress"]);

test("the hub has them where the stack names a bucket, and no other host ever does", () => {
  const names = (host: string, settings: object): string[] =>
    hostJobsOf(HOSTS[host] ?? {}, contextWith({ host, settings: { ...settings } })).map(({ name }) => name);
  expect(names("seko-vpn", SETTINGS)).toEqual(["backup-seko-vpn", "audit-seko-vpn", "offsite", "offsite-upkeep"]);
  expect(names("seko-vpn", {})).toEqual(["backup-seko-vpn", "audit-seko-vpn"]);
  expect(names("sese-ai", SETTINGS)).toEqual(["backup-sese-ai", "audit-sese-ai"]);
});

test("sets are fetched at three, and what is old goes on Sundays", () => {
  expect([push?.schedule, upkeep?.schedule]).toEqual(["*-*-* 03:00:00", "Sun *-*-* 12:00:00"]);
  expect([push?.overdueAfter, upkeep?.overdueAfter]).toEqual([26 * 3600, 8 * 24 * 3600]);
});

test("every host with sets is visited, for one command of its own", () => {
  expect(push?.visits?.to(context)).toEqual(
    ["sese-ai", "seko-vpn", "workstation"].map((host) => ({
      host,
      command: ["/bin/bash", `{folder}/configs/backup-${host}/backup.sh`, "{folder}", "{prefix}", "-", "serve"],
    })),
  );
  expect(upkeep?.visits).toBeUndefined();
});

test("the program knows who may be away, and after how many seconds copies are overdue", () => {
  const hosts = push?.files?.(context).find(({ path }) => path === "/etc/offsite/hosts");
  expect(hosts?.content).toBe("sese-ai no 93600\nseko-vpn no 93600\nworkstation yes 604800\n");
});

test("each job has a key of its own; no secret is in its arguments or environment", () => {
  const names = (job: typeof push): string[] => Object.values(job?.secrets ?? {}).map(({ secret }) => secret.name);
  expect(names(push)).toEqual(["backupsPassword", "backupsAccessKey", "backupsSecretKey"]);
  expect(names(upkeep)).toEqual(["backupsPassword", "backupsPruneAccessKey", "backupsPruneSecretKey"]);
  expect(push?.environment?.(context)).toEqual({
    RESTIC_REPOSITORY: "s3:https://nbg1.your-objectstorage.com/vpai-backups",
    AWS_DEFAULT_REGION: "nbg1",
    GOMEMLIMIT: "110MiB",
  });
  for (const secret of Object.values({ ...push?.secrets, ...upkeep?.secrets }))
    expect([secret.variable, secret.exported]).toEqual([undefined, undefined]);
});
