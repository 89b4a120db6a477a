import "../../providers/without-sdk";
import { fake } from "../fake-pulumi";
import "../fake-lab";
import { runCommand } from "../run-command";

const CONNECTION = { host: "192.0.2.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" };

/** What the engine tells of a stack whose file has a laptop, and of a hub that runs nothing. */
function declareLaptop(): void {
  const settings = {
    "vpai:platform": "vpai",
    "vpai:domain": "vpai.test",
    "vpai:tls": "internal",
    "vpai:services": JSON.stringify(["vpn"]),
    "vpai:devices": JSON.stringify({ laptop: "operators" }),
    "vpai:hosts": JSON.stringify({
      "seko-vpn": { machine: { kind: "lab" }, memoryMiB: 2048, architecture: "amd64" },
    }),
  };
  const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, { value, secret: false }]));
  const hosts = { "seko-vpn": { connection: CONNECTION, publicAddress: "192.0.2.1", services: {} } };
  const told = {
    "stdout-config---json": JSON.stringify(config),
    "stdout-stack-output": JSON.stringify({ hosts }),
    "stdout-stack-export": JSON.stringify({ deployment: { resources: [] } }),
  };
  fake.answer(told as Parameters<typeof fake.answer>[0]);
}

beforeEach(() => fake.reset());
afterAll(() => fake.remove());

test.each([
  ["tv", 'expected DEVICE= a device of vpai:devices (laptop), found "tv"'],
  ["laptop", "expected laptop of operators to be brought up"],
])("DEVICE=%s is refused before any host is asked", async (DEVICE, message) => {
  declareLaptop();
  expect(await runCommand("vpn-key", { STACK: "prod", DEVICE })).toEqual({
    ...{ code: 1, out: "" },
    err: expect.stringContaining(message) as string,
  });
});

test("a stack without Headscale has no devices that have joined", async () => {
  declareLaptop();
  const { code, err } = await runCommand("vpn-key", { STACK: "prod", DEVICE: "" });
  expect([code, err]).toEqual([1, expect.stringContaining("expected a host that runs headscale, found none")]);
});
