import { networksOf } from "../../../../../providers/docker/networks/found";
import type { CommandRunner } from "../../../../../providers/ssh/transport";

/** As `docker network inspect` prints it. */
const PRINTED = JSON.stringify([
  {
    Id: "beef",
    Name: "backend",
    Internal: true,
    Driver: "bridge",
    IPAM: { Config: [{ Subnet: "172.20.1.0/24", Gateway: "172.20.1.1" }] },
  },
  { Id: "cafe", Name: "odd", Internal: false, Driver: "bridge", IPAM: { Config: null } },
]);

test("T3: the bridge networks with all of the labels, by what tells them apart", async () => {
  const asked: (readonly string[])[] = [];
  const host: CommandRunner = {
    name: "root@host",
    run: () => Promise.reject(new Error("not asked")),
    output: (argv) => {
      asked.push(argv);
      return Promise.resolve(PRINTED);
    },
  };
  expect(await networksOf(host, { "dev.vpai.stack": "lab", "dev.vpai.host": "sese-ai" })).toEqual([
    { id: "beef", name: "backend", internal: true, subnet: "172.20.1.0/24", gateway: "172.20.1.1" },
    { id: "cafe", name: "odd", internal: false, subnet: "", gateway: "" },
  ]);
  expect(asked.map((argv) => argv.slice(3))).toEqual([
    ["vpai", "--filter", "label=dev.vpai.stack=lab", "--filter", "label=dev.vpai.host=sese-ai"],
  ]);
});
