import "../without-sdk";
import { type HeadscalePolicyInputs, headscalePolicyKind } from "../../../../providers/resources/headscale-policy";
import { Unreadable } from "../../../../providers/unreadable";
import { SshServer } from "../ssh-server";
import { inspected } from "../../inspected";

/** What Headscale 0.26.1 prints of a policy that it has loaded. */
const managerOf = (port: number): string => `PolicyManager (v2):



Policy:
{
  "groups": null,
  "hosts": {
    "seko-vpn": {},
    "sese-ai": {}
  },
  "tagOwners": null,
  "acls": [
    {
      "action": "accept",
      "proto": "tcp",
      "src": [
        "people@"
      ],
      "dst": [
        {
          "Alias": "sese-ai",
          "Ports": [
            {
              "First": 80,
              "Last": 80
            },
            {
              "First": ${port},
              "Last": ${port}
            }
          ]
        }
      ]
    },
    {
      "action": "accept",
      "proto": "tcp",
      "src": [
        "seko-vpn"
      ],
      "dst": [
        {
          "Alias": "sese-ai",
          "Ports": [
            {
              "First": 443,
              "Last": 443
            }
          ]
        }
      ]
    }
  ],
  "autoApprovers": {
    "routes": null,
    "exitNode": null
  },
  "ssh": null
}

AutoApprover (0):


TagOwner (0):


Compiled filter:
null
`;

const filterTo = (address: string): string =>
  JSON.stringify([
    {
      SrcIPs: ["100.64.0.9/32"],
      DstPorts: [{ IP: address, Ports: { First: 443, Last: 443 } }, { IP: "fd7a:115c:a1e0::2/128" }],
    },
  ]);

const POLICY = `${JSON.stringify(
  {
    hosts: { "sese-ai": "100.64.0.14/32", "seko-vpn": "100.64.0.9/32" },
    acls: [
      { action: "accept", proto: "tcp", src: ["people@"], dst: ["sese-ai:80,443"] },
      { action: "accept", proto: "tcp", src: ["seko-vpn"], dst: ["sese-ai:443"] },
    ],
  },
  null,
  2,
)}\n`;

let ssh: SshServer;
let manager: string;
let filter: string;
let running: boolean;
/** What a signal makes of it. */
let onSignal: () => void;
let commands: string[];

const OK = { code: 0, stdout: "", stderr: "" };

beforeAll(async () => {
  ssh = await SshServer.start();
  ssh.respond = (argv) => {
    const command = argv.join(" ");
    if (command === "docker container inspect -- vpn_headscale")
      return {
        ...OK,
        stdout: JSON.stringify([inspected({ State: { Status: running ? "running" : "exited", Pid: 42 } })]),
      };
    if (command.startsWith("nsenter --target 42 --net curl"))
      return { ...OK, stdout: command.endsWith("http://127.0.0.1:9090/debug/filter") ? filter : manager };
    commands.push(command);
    if (command.startsWith("sh -c kill")) onSignal();
    if (command.startsWith("docker logs")) return { ...OK, stderr: "failed to set new policy" };
    return OK;
  };
});

afterAll(() => ssh.stop());

const inputs = (): HeadscalePolicyInputs => ({
  connection: ssh.connection,
  server: { container: "vpn_headscale", port: 9090 },
  policy: POLICY,
});

beforeEach(() => {
  [manager, filter, running, onSignal, commands] = [
    managerOf(443),
    filterTo("100.64.0.14/32"),
    true,
    () => undefined,
    [],
  ];
});

/** To its process: a signal by Docker would have the engine take it for stopped by hand. */
const HANGUP = `sh -c kill -s "$1" "$2" vpai HUP 42`;

test("a server that goes by its policy already is left alone", async () => {
  expect(await headscalePolicyKind.ensure(inputs())).toEqual(inputs());
  expect(await headscalePolicyKind.observe(inputs())).toEqual(inputs());
  expect(commands).toEqual([]);
});

test("one that goes by another policy is told to read its file, and asked what it made of it", async () => {
  manager = managerOf(8443);
  onSignal = () => (manager = managerOf(443));
  expect(await headscalePolicyKind.ensure(inputs())).toEqual(inputs());
  expect(commands).toEqual([HANGUP]);
});

test.each<[string, () => void]>([
  ["another port", () => (manager = managerOf(22))],
  ["another address of a host", () => (filter = filterTo("100.64.0.66/32"))],
  [
    "no policy at all, by which everybody reaches everything",
    () => (manager = "PolicyManager (v2):\n\n\nAutoApprover (0):\n"),
  ],
])("%s is a difference", async (_what, change) => {
  change();
  const found = await headscalePolicyKind.observe(inputs());
  expect(found?.policy).not.toBe(POLICY);
});

test("a server that stays with the policy of before is an error with its log", async () => {
  manager = managerOf(22);
  await expect(headscalePolicyKind.ensure(inputs())).rejects.toThrow(/go by its policy[^]*failed to set new policy/);
}, 120_000);

test("one that does not run cannot be read", async () => {
  running = false;
  await expect(headscalePolicyKind.observe(inputs())).rejects.toThrow(Unreadable);
});
