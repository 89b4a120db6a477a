import { KEYS, OvhApiServer } from "../ovh-api/api";
import type { LabHost } from "./harness/host";
import type { Lab } from "./harness/lab";
import { sharedLab } from "./harness/shared";

/** What somebody changed below a host's services, and in the zone at OVH, is seen by one refresh and repaired by one up, each alone. */

interface Row {
  what: string;
  resource: string;
  /** What somebody does on the host. */
  byHand: string;
  /** Prints how it is then. */
  look: string;
  changed: string;
  repaired: string;
}

const HOST = "sese-ai";
const BY_HAND = "/etc/ssh/sshd_config.d/00-by-hand.conf";
const KEYS_OF_OPERATOR = "/home/mobuone/.ssh/authorized_keys";
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJk0Vd8tq2bXQk7gZ5mBv8u3u1o5Vw0m5Jr1mTn3Strn";
const TIMER = "/etc/systemd/system/audit-sese-ai.timer";
const ZONE = "vpai.test";

const ROWS: readonly Row[] = [
  {
    what: "a rule of the firewall",
    resource: `${HOST}/packet-filter`,
    byHand: "ufw allow 9100/tcp >/dev/null",
    look: "ufw status | grep -c 9100 || :",
    changed: "2",
    repaired: "0",
  },
  {
    what: "an option of sshd",
    resource: `${HOST}/sshd`,
    byHand: `echo 'MaxSessions 99' > ${BY_HAND}; systemctl reload ssh`,
    look: "/usr/sbin/sshd -T | grep '^maxsessions '",
    changed: "maxsessions 99",
    repaired: "maxsessions 10",
  },
  {
    what: "a value of the kernel",
    resource: `${HOST}/sysctl`,
    byHand: "sysctl --quiet --write net.ipv4.conf.all.accept_redirects=1",
    look: "sysctl --values net.ipv4.conf.all.accept_redirects",
    changed: "1",
    repaired: "0",
  },
  {
    what: "a user's key",
    resource: `${HOST}/operator`,
    byHand: `echo '${KEY} mallory' >> ${KEYS_OF_OPERATOR}`,
    look: `grep -c mallory ${KEYS_OF_OPERATOR} || :`,
    changed: "1",
    repaired: "0",
  },
  {
    what: "a unit",
    resource: `${HOST}/job/audit-sese-ai`,
    byHand: `sed -i 's/^OnCalendar=.*/OnCalendar=yearly/' ${TIMER}; systemctl daemon-reload`,
    look: `sed -n 's/^OnCalendar=//p' ${TIMER}`,
    changed: "yearly",
    // docs/audit.md#every-night
    repaired: "*-*-* 04:30:00",
  },
];

const api = new OvhApiServer(ZONE);

let lab: Lab;
let host: LabHost;
/** Where the domain leads. */
let address: string;

const found = (): Promise<string[]> => Promise.all(ROWS.map(({ look }) => host.output(["sh", "-c", look])));

const rootOf = (): string | undefined =>
  [...api.zone.records.values()].find(({ subDomain }) => subDomain === "")?.target;

beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host(HOST);
  address = (await lab.host("sese-ai")).publicAddress;
  const endpoint = await api.start();
  const secrets = { ovhApplicationKey: KEYS.applicationKey, ovhApplicationSecret: KEYS.applicationSecret };
  for (const [name, value] of Object.entries({ ...secrets, ovhConsumerKey: KEYS.consumerKey }))
    await lab.pulumiSucceed(["config", "set", "--secret", `secrets:${name}`], { stdin: value });
  await lab.pulumiSucceed(["config", "set", "--path", "vpai:ovh.zone", ZONE]);
  await lab.pulumiSucceed(["config", "set", "--path", "vpai:ovh.endpoint", endpoint]);
  await lab.up();
  expect(rootOf()).toBe(address);
}, 1_800_000);

afterAll(async () => {
  await host.output(["rm", "-f", BY_HAND]);
  await lab.pulumiSucceed(["config", "rm", "vpai:ovh"]);
  for (const name of ["ovhApplicationKey", "ovhApplicationSecret", "ovhConsumerKey"])
    await lab.pulumiSucceed(["config", "rm", `secrets:${name}`]);
  await lab.up();
  await api.stop();
}, 900_000);

const DRIFTED = {
  ...Object.fromEntries(ROWS.map(({ resource }) => [resource, "update"])),
  [`public-dns/${ZONE}`]: "update",
};

test("each is exactly what refresh sees", async () => {
  for (const { byHand } of ROWS) await host.output(["sh", "-euc", byHand]);
  for (const record of api.zone.records.values()) if (record.subDomain === "") record.target = "198.51.100.66";
  expect(await found()).toEqual(ROWS.map(({ changed }) => changed));
  expect(await lab.refresh()).toEqual(DRIFTED);
}, 600_000);

test("each is repaired by up, and nothing else is touched", async () => {
  const before = await host.starts();
  const changes = Object.entries(await lab.up()).filter(([name]) => !name.endsWith("/smoke"));
  expect(Object.fromEntries(changes)).toEqual(DRIFTED);
  expect(await found()).toEqual(ROWS.map(({ repaired }) => repaired));
  expect(rootOf()).toBe(address);
  expect(await host.starts()).toEqual(before);
}, 600_000);

test("is then gone", async () => {
  expect(await lab.refresh()).toEqual({});
  expect(await lab.preview()).toEqual({});
}, 600_000);
