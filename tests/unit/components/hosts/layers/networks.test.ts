import { networks } from "./fake-networks";
import { type CustomResourceOptions, log, output, runtime } from "@pulumi/pulumi";
import { Findings } from "../../../../../components/docker/findings";
import type { HostContext } from "../../../../../components/host-context";
import { networksLayer } from "../../../../../components/hosts/layers/networks";
import { Preparation } from "../../../../../components/preparation";
import { refused } from "../../../providers/scripted-host";
import { SshServer } from "../../../providers/ssh-server";

/** What the engine is asked to take into the state of what a host has: it leaves what the state knows under that id. */

const NETWORKS = {
  frontend: { subnet: "172.20.0.0/24", internal: false },
  backend: { subnet: "172.20.1.0/24", internal: true },
  egress: { subnet: "172.20.2.0/24", internal: false },
};

const found = (Id: string, Name: string, Internal: boolean, Subnet: string, Gateway: string) => ({
  ...{ Id, Name, Internal },
  IPAM: { Config: [{ Subnet, Gateway }] },
});

/** One that is as described, one that another program described, and one that nobody describes. */
const FOUND = [
  found("beef", "backend", true, "172.20.1.0/24", "172.20.1.1"),
  found("cafe", "egress", false, "172.20.9.0/24", "172.20.9.1"),
  found("dead", "old", false, "172.20.3.0/24", "172.20.3.1"),
];

let server: SshServer;
beforeAll(async () => {
  server = await SshServer.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  server.commands.length = 0;
  server.respond = () => ({ code: 0, stdout: JSON.stringify(FOUND), stderr: "" });
  networks.mockClear();
  await runtime.setMocks(
    { newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) },
    "vpai",
    "prod",
    false,
  );
  // The SDK's mock monitor lacks the calls that register hooks.
  const hook = (_request: unknown, done: (error: null, answer: object) => void): void => done(null, {});
  Object.assign(runtime.getMonitor() as object, { registerResourceHook: hook, registerErrorHook: hook });
});

/** The ids that are imported, by the networks' names. */
async function imported(isLeft = false): Promise<Record<string, unknown>> {
  const connection = output(server.connection);
  const host = {
    owner: { platform: "vpai", stack: "prod", host: "sese-ai" },
    adopt: false,
    engine: () => undefined,
    connection,
    findings: new Findings(connection, "dev.vpai.stack=prod", isLeft),
  } as unknown as HostContext;
  networksLayer({ host, networks: NETWORKS, preparation: new Preparation(), parent: undefined as never }, []);
  const asked = networks.mock.calls.map(async ([name, , options]) => {
    const { transforms = [], ...opts } = options as CustomResourceOptions;
    const result = await transforms[0]?.({ custom: true, type: "", name, props: {}, opts });
    return [name, (result?.opts as CustomResourceOptions | undefined)?.import] as const;
  });
  return Object.fromEntries(await Promise.all(asked));
}

test("T3, T4: what is there as it is described is taken on, also on a host that the state has known for long", async () => {
  expect(await imported()).toEqual({
    "sese-ai/network/frontend": undefined,
    "sese-ai/network/backend": "beef",
    "sese-ai/network/egress": undefined,
  });
  expect(server.commands.map(([program, , , ...args]) => [program, ...args])).toEqual([
    [
      ...["sh", "vpai", "--filter", "label=dev.vpai.platform=vpai"],
      ...["--filter", "label=dev.vpai.stack=prod", "--filter", "label=dev.vpai.host=sese-ai"],
    ],
  ]);
});

test("nobody asks a host that the run leaves as it is", async () => {
  expect(Object.values(await imported(true))).toEqual([undefined, undefined, undefined]);
  expect(server.commands).toEqual([]);
});

test("a host that cannot be asked is said, and nothing is taken on", async () => {
  const warned = jest.spyOn(log, "warn").mockResolvedValue();
  server.respond = () => refused("permission denied\n");
  expect(Object.values(await imported())).toEqual([undefined, undefined, undefined]);
  expect(warned.mock.calls).toEqual([
    ["could not see which networks root@127.0.0.1 has: root@127.0.0.1: sh -euc exited with 1: permission denied"],
  ]);
});
