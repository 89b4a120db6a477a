import { uptimeKumaMonitorsKind as monitorsKind } from "../../../providers/resources/uptime-kuma-monitors";
import { uptimeKumaOwnerKind as ownerKind } from "../../../providers/resources/uptime-kuma-owner";
import type { Monitor } from "../../../providers/uptime-kuma/monitor";
import { eventually } from "../../eventually";
import { SshServer } from "../../unit/providers/ssh-server";
import { docker, hardened, image, minute, run, start, useImages } from "../harness/containers";

/** The kinds of Uptime Kuma's resources with the real program, over Socket.IO through an SSH connection. */

useImages("uptime-kuma");

const OWNER = { user: "owner@vpai.test", password: "canary4of4the4owner" };

const monitor = (name: string, over: Partial<Monitor> = {}): Monitor => ({
  ...{ name, url: `https://${name}.vpai.test/`, status: 200, contains: "", interval: 60 },
  ...{ anyCertificate: true, active: true, ...over },
});

let ssh: SshServer;
const place = () => ({ connection: ssh.connection, server: { container: `${run}-kuma`, port: 3001 } });
const owner = () => ({ ...place(), ...OWNER });
const watching = (...monitors: Monitor[]) => ({ ...place(), server: { ...place().server, ...OWNER }, monitors });

beforeAll(async () => {
  ssh = await SshServer.start();
  ssh.respond = ([, ...args]) => ({ code: 0, stdout: docker(...args), stderr: "" });
  start("kuma", image("uptime-kuma"), [...hardened, "--env", "UPTIME_KUMA_DB_TYPE=sqlite"]);
  await eventually(() => ownerKind.observe(owner()), 180);
}, 10 * minute);

afterAll(() => ssh.stop());

test("the account is made while there is none, and found again by its password alone", async () => {
  expect(await ownerKind.observe(owner())).toBeUndefined();
  expect(await ownerKind.ensure(owner())).toEqual(owner());
  expect(await ownerKind.observe(owner())).toEqual(owner());
  await expect(ownerKind.ensure({ ...owner(), password: "another4password" })).rejects.toThrow(
    /found neither possible/,
  );
});

test(
  "monitors are made, changed one by one, and taken away",
  async () => {
    const two = watching(monitor("a"), monitor("b", { status: 302, contains: "OK" }));
    await monitorsKind.ensure(two);
    expect(await monitorsKind.observe(two)).toEqual(two);
    const other = watching(monitor("a", { url: "https://moved.vpai.test/" }), monitor("c"));
    await monitorsKind.ensure(other, two);
    expect(await monitorsKind.observe(other)).toEqual(other);
    await monitorsKind.remove(other);
    expect((await monitorsKind.observe(other))?.monitors).toEqual([]);
  },
  2 * minute,
);
