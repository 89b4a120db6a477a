import { attachAll, clearPlace } from "../../../../../providers/docker/networks/foreign";
import type { Answer, CommandRunner } from "../../../../../providers/ssh/transport";
import { inspected } from "../../../inspected";

const OURS = { "dev.vpai.stack": "lab" };
const PLACE = { name: "backend", subnet: "172.20.2.0/24", labels: OURS };

/** What the engine says of a container whose description has the id of a network that is gone. */
const BOUND =
  "Error response from daemon: could not find a network matching network mode 0e90ab: network 0e90ab not found";

interface Network {
  id: string;
  name: string;
  subnet: string;
  ours?: boolean;
  /** Aliases of the containers on it, by id. */
  users?: Record<string, string[]>;
}

/** An engine with these networks, which notes what changes. */
function engine(...networks: Network[]): CommandRunner & { changes: string[] } {
  const changes: string[] = [];
  const network = ({ id, name, subnet }: Network): object => ({
    Id: id,
    Name: name,
    Internal: true,
    IPAM: { Config: [{ Subnet: subnet, Gateway: "" }] },
  });
  const container = (id: string): object[] =>
    networks
      .filter(({ users = {} }) => id in users)
      .map(({ name, users = {} }) => inspected({ Id: id, networks: { [name]: { Aliases: users[id] } } }));
  const answer = (argv: readonly string[]): string => {
    if (argv[0] === "sh")
      return JSON.stringify(networks.filter(({ ours }) => !argv.includes("--filter") || ours).map(network));
    if (argv[2] === "inspect" && argv[1] === "network")
      return Object.keys(networks.find(({ id }) => id === argv.at(-1))?.users ?? {}).join(" ");
    if (argv[2] === "inspect") return JSON.stringify(container(argv.at(-1) ?? ""));
    changes.push(argv.join(" "));
    return "";
  };
  const run = (argv: readonly string[]): Promise<Answer> => {
    const stdout = answer(argv);
    if (argv[2] === "connect" && argv.at(-1) === "bound") return Promise.resolve({ code: 1, stdout, stderr: BOUND });
    return Promise.resolve(
      stdout === "[]" && argv[1] === "container"
        ? { code: 1, stdout, stderr: "Error: No such container: x" }
        : { code: 0, stdout, stderr: "" },
    );
  };
  return { name: "root@host", changes, run, output: async (argv) => (await run(argv)).stdout };
}

test("somebody else's network of the same name goes, and its containers come off it first", async () => {
  const host = engine({ id: "n1", name: "backend", subnet: "10.9.0.0/24", users: { c1: ["postgres"], c2: [] } });
  expect(await clearPlace(host, PLACE)).toEqual([
    { id: "c1", aliases: ["postgres"] },
    { id: "c2", aliases: [] },
  ]);
  expect(host.changes).toEqual([
    "docker network disconnect n1 c1",
    "docker network disconnect n1 c2",
    "docker network rm n1",
  ]);
});

test("so does one of another name that has the subnet", async () => {
  const host = engine({ id: "n1", name: "old_backend", subnet: "172.20.2.0/24", users: { c1: ["db"] } });
  expect(await clearPlace(host, PLACE)).toEqual([{ id: "c1", aliases: ["db"] }]);
  expect(host.changes).toEqual(["docker network disconnect n1 c1", "docker network rm n1"]);
});

test.each<[string, Network]>([
  ["ours", { id: "n1", name: "backend", subnet: "172.20.2.0/24", ours: true, users: { c1: [] } }],
  ["elsewhere", { id: "n1", name: "bridge", subnet: "172.17.0.0/16", users: { c1: [] } }],
])("one that is %s stays as it is", async (_what, network) => {
  const host = engine(network);
  expect(await clearPlace(host, PLACE)).toEqual([]);
  expect(host.changes).toEqual([]);
});

test("the containers come onto the new one under their names, those that still exist and can", async () => {
  const host = engine({ id: "n2", name: "frontend", subnet: "172.20.1.0/24", users: { c1: [], bound: [] } });
  const detached = [
    { id: "c1", aliases: ["postgres", "db"] },
    { id: "gone", aliases: [] },
    { id: "bound", aliases: [] },
  ];
  expect(await attachAll(host, "backend", detached)).toEqual({ attached: ["c1"], without: ["bound"] });
  expect(host.changes).toEqual([
    "docker network connect --alias postgres --alias db backend c1",
    "docker network connect backend bound",
  ]);
});
