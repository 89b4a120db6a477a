import type { ServiceContext } from "../../../model/context";
import type { Stack } from "../../../model/stack";
import { tellingOf, tokenOf, type Watcher, watchedJobs, watcherOf } from "../../../model/watch";
import { contextOf, hostViews } from "../../../platforms/contexts";
import vpai from "../../../platforms/vpai/platform";
import { STACK } from "../../context";

/** Which jobs tell Uptime Kuma how their runs ended, and how. */

/** docs/requirements.md#hosts; the hub's own address has no source. */
const ADDRESSES: Readonly<Record<string, string>> = {
  "sese-ai": "100.64.0.14",
  "seko-vpn": "100.64.0.9",
  workstation: "100.64.0.1",
};

/** @param addresses of the hosts in the VPN */
const contextAt = (
  addresses: Readonly<Record<string, string | undefined>>,
  stack: Partial<Stack> = {},
): ServiceContext =>
  contextOf(
    "sese-ai",
    { ...STACK, ...stack },
    hostViews(vpai).map((view) => ({
      ...view,
      vpnAddress: addresses[view.name],
      publicAddress: `192.0.2.${Object.keys(ADDRESSES).indexOf(view.name)}`,
    })),
  );

const watched = (context: ServiceContext): Record<string, number> =>
  Object.fromEntries(watchedJobs(context).map(({ host, job, patience }) => [`${job.name} on ${host}`, patience]));

/** 26 hours, as docs/monitoring.md has it of a job that is overdue; a host that may be away has a week. */
const NIGHTLY = 93_600;
const WEEK = 604_800;
/** docs/decisions/alerts.md */
const WATCHDOG = { "alerts-watchdog on sese-ai": 1800 };
const BACKUPS = {
  "backup-sese-ai on sese-ai": NIGHTLY,
  "backup-seko-vpn on seko-vpn": NIGHTLY,
  "backup-workstation on workstation": WEEK,
};

test("every host's backups are watched, whether alerts come to Alertmanager, and those elsewhere where there are any", () => {
  expect(watched(contextAt(ADDRESSES))).toEqual({ ...BACKUPS, ...WATCHDOG });
  const settings = { backupsBucket: "vpai-backups" };
  expect(watched(contextAt(ADDRESSES, { settings }))).toEqual({
    ...BACKUPS,
    ...WATCHDOG,
    "offsite on seko-vpn": NIGHTLY,
    "offsite-upkeep on seko-vpn": 691_200,
  });
});

test("a host that cannot reach the watcher is not waited for, and nobody is where the watcher has no address", () => {
  expect(watched(contextAt({ ...ADDRESSES, workstation: undefined }))).not.toHaveProperty([
    "backup-workstation on workstation",
  ]);
  expect(watched(contextAt({ ...ADDRESSES, "seko-vpn": undefined }))).toEqual({});
  expect(watcherOf(contextAt({ ...ADDRESSES, "seko-vpn": undefined }))).toBeUndefined();
  expect(watched(contextAt({}, { vpnEnforce: false }))).toEqual({ ...BACKUPS, ...WATCHDOG });
});

test("without Uptime Kuma there is nobody to tell", () => {
  const context = contextAt(ADDRESSES);
  const hosts = context.hosts.filter(({ name }) => name !== "seko-vpn");
  expect(watchedJobs({ ...context, hosts })).toEqual([]);
});

/** Of `openssl dgst -sha256 -hmac`. */
test("a job's token is made of its name and the key, and tells nothing of either", () => {
  expect(tokenOf("canary-of-the-key", "backup-sese-ai")).toBe("4bde8b76bd480620b321c9cbda1a15c8");
  expect(tokenOf("canary-of-the-key", "backup-seko-vpn")).not.toBe("4bde8b76bd480620b321c9cbda1a15c8");
});

test.each([
  [
    "through an enforced VPN by its address there",
    contextAt(ADDRESSES),
    'url = "https://uptime.ewutelo.cloud/api/push/t0ken"\nresolve = "uptime.ewutelo.cloud:443:100.64.0.9"\n',
  ],
  [
    "in the lab at its host's own address, by an authority that only that host knows",
    contextAt({}, { vpnEnforce: false, tls: "internal", domain: "vpai.test" }),
    'url = "https://uptime.vpai.test/api/push/t0ken"\nresolve = "uptime.vpai.test:443:192.0.2.1"\ninsecure\n',
  ],
])("Uptime Kuma is told %s", (_how, context, expected) =>
  expect(tellingOf(watcherOf(context) as Watcher, context, "t0ken")).toBe(expected),
);
