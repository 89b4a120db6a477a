import { eventually } from "../../eventually";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { succeed } from "../harness/run";
import { sharedLab } from "../harness/shared";

/** A host whose VPN comes up after its engine, as after most reboots. */

const VPN = "100.64.0.14";

let lab: Lab;
let host: LabHost;
beforeAll(async () => {
  lab = await sharedLab();
  host = await lab.host("sese-ai");
}, 1_500_000);

afterAll(() => host.output(["ip", "link", "del", "vpn0"]));

/** A VPN's interface, which a reboot takes away. */
const connectVpn = (): Promise<string> =>
  host.output(["sh", "-c", `ip link add vpn0 type bridge && ip link set vpn0 up && ip addr add ${VPN}/32 dev vpn0`]);

const answerOn = (address: string): Promise<string> => {
  const options = ["--silent", "--insecure", "--output", "/dev/null", "--write-out", "%{http_code}"];
  return host.output([
    "curl",
    ...options,
    "--resolve",
    `mayi.vpai.test:443:${address}`,
    "https://mayi.vpai.test/healthz",
  ]);
};

test("E5: a site on the VPN address", async () => {
  await connectVpn();
  await lab.pulumiSucceed(["config", "set", "--path", "vpai:hosts.sese-ai.vpnAddress", VPN]);
  await lab.makeSucceed("up");
  expect(await answerOn(VPN)).toBe("200");
}, 600_000);

test("E5: all sites come back by themselves when the engine starts before the VPN", async () => {
  await succeed(["docker", "restart", `${lab.identity.prefix}-sese-ai`]);
  await eventually(() => host.becomesHealthy(5), 180);
  expect(await host.output(["ip", "-4", "-oneline", "addr"])).not.toContain(VPN);
  expect(await answerOn(host.publicAddress)).toBe("200");
  await connectVpn();
  expect(await answerOn(VPN)).toBe("200");
  expect(await lab.preview()).toEqual({});
}, 600_000);

test("E5: a host that is no VPN node any more is told to forget the setting", async () => {
  await lab.pulumiSucceed(["config", "rm", "--path", "vpai:hosts.sese-ai.vpnAddress"]);
  await lab.makeSucceed("up");
  expect(await host.output(["sh", "-c", "ls /etc/sysctl.d | grep late-address || true"])).toBe("");
}, 600_000);
