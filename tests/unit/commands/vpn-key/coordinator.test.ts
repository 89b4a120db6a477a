import { coordinatorAmong } from "../../../../commands/vpn-key/coordinator";
import type { DeployedHost } from "../../../../commands/stack/hosts";

const host = (services: DeployedHost["services"]): DeployedHost => ({
  connection: { host: "192.0.2.1", port: 22, user: "root", privateKey: "", hostKey: "" } as never,
  publicAddress: "192.0.2.1",
  services,
});

test("the coordinator is found on whichever host runs it, with its site, and is missed where none does", () => {
  const one = host({});
  const two = host({ headscale: { container: "vpn_headscale", image: "", urls: ["https://singa.example.org/"] } });
  expect(coordinatorAmong({ one, two })).toEqual({
    headscale: { connection: two.connection, server: { container: "vpn_headscale", port: 8080 } },
    site: "https://singa.example.org",
  });
  expect(() => coordinatorAmong({ one })).toThrow(/expected a host that runs headscale, found none/);
});
