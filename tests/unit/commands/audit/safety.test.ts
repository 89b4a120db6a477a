import { type Moment, safetyOf } from "../../../../commands/audit/safety";
import type { SeenCondition } from "../../../../commands/audit/look/seen";
import { declared, seen } from "./sample";

const { condition } = seen();

/** The sample's host told its clock then; its backup had succeeded 51 minutes before. */
const MOMENT: Moment = { asked: 1795993055, now: 1795993059, backupJob: "one-backup", sshOutside: true };

const CERTIFICATES: [string, number][] = [
  ['certificate_not_before_timestamp_seconds{hostname="a.example"}', 1795993057 - 80 * 86_400],
  ['certificate_not_after_timestamp_seconds{hostname="a.example"}', 1795993057 + 10 * 86_400],
  ['certificate_not_before_timestamp_seconds{hostname="b.example"}', 1795993057 - 10 * 86_400],
  ['certificate_not_after_timestamp_seconds{hostname="b.example"}', 1795993057 + 80 * 86_400],
];

const OVERDUE: [string, number] = ['job_overdue_after_seconds{name="one-backup",service="host"}', 93_600];

const rows = (change: Partial<SeenCondition> = {}, moment: Partial<Moment> = {}) =>
  safetyOf(
    declared,
    { ...condition, metrics: new Map([...condition.metrics, OVERDUE]), ...change },
    { ...MOMENT, ...moment },
  );

/** What is to be done about one check; undefined where nothing is. */
const rowOf = (check: string, ...given: Parameters<typeof rows>) => rows(...given).find((one) => one.check === check);

test("a host that does well", () => {
  expect(rows().map(({ check, found, mend }) => [check, found, mend])).toEqual([
    ["ssh fallback", "answers without the VPN", undefined],
    ["disk of /", "31.0 of 62.0 GiB free, 88 % of its inodes", undefined],
    ["memory", "3906 of 7813 MiB available", undefined],
    ["load", "0.4 over 5 minutes, 4 processors", undefined],
    ["engine", "answers", undefined],
    ["failed units", "none", undefined],
    ["backup", "51 min old", undefined],
    ["VPN", "Running", undefined],
    ["clock", "right", undefined],
    ["reboot", "none is due", undefined],
  ]);
});

test.each<[string, Partial<SeenCondition>, Partial<Moment>, string]>([
  ["ssh fallback", {}, { sshOutside: false }, "198.51.100.7 does not answer on port 804"],
  [
    "disk of /",
    { disks: [{ folder: "/", freeKiB: 1_048_576, sizeKiB: 10_485_760, inodes: 0, freeInodes: undefined }] },
    {},
    "1.0 of 10.0 GiB free",
  ],
  ["memory", { memory: { totalKiB: 8_000_000, availableKiB: 700_000 } }, {}, "684 of 7813 MiB available"],
  ["load", { load: [9, 9, 9] }, {}, "9 over 5 minutes, 4 processors"],
  ["engine", { engineAnswers: false }, {}, "does not answer"],
  ["failed units", { failedUnits: ["x.service"] }, {}, "x.service"],
  ["backup", {}, { now: 1795990000 + 93_601 }, "26 h old"],
  ["backup", { metrics: new Map() }, {}, "none yet"],
  ["VPN", { vpn: "NeedsLogin" }, {}, "NeedsLogin"],
  ["VPN", { vpn: undefined }, {}, "no node"],
  ["clock", { clock: { seconds: 1795993100, isSynchronized: true } }, {}, "41 s fast"],
  ["clock", { clock: { seconds: 1795993000, isSynchronized: true } }, {}, "55 s slow"],
  ["clock", { clock: { seconds: 1795993057, isSynchronized: false } }, {}, "right, and nobody sets it"],
  ["reboot", { reboot: "linux-image-amd64" }, {}, "due: linux-image-amd64"],
  ["reboot", { reboot: "" }, {}, "due: the system asks for it"],
  ["reboot", { kernel: { running: "6.1", installed: "6.2" } }, {}, "due: kernel 6.2 is installed, 6.1 runs"],
])("%s: %#", (check, change, moment, found) => {
  expect(rowOf(check, change, moment)).toMatchObject({ found, mend: expect.stringMatching(/./) as string });
});

test("the certificate with the least share of its time left counts", () => {
  expect(rowOf("certificates", { metrics: new Map(CERTIFICATES) })).toMatchObject({
    found: "a.example for 10 d more, the 1 others longer",
    mend: "docs/runbook.md#a-certificate-expires",
  });
  expect(rowOf("certificates", { metrics: new Map(CERTIFICATES.slice(2)) })).not.toHaveProperty("mend");
});

test("a host without backups, certificates and VPN is asked for none", () => {
  const outside = { ...declared, vpnAddress: undefined };
  const found = safetyOf(
    outside,
    { ...condition, vpn: undefined, metrics: new Map() },
    { ...MOMENT, backupJob: undefined },
  );
  const WANT_ONE = ["backup", "certificates", "VPN"];
  expect(found.map(({ check }) => check).filter((check) => WANT_ONE.includes(check))).toEqual([]);
});
