import * as hcloud from "@pulumi/hcloud";
import { secret } from "@pulumi/pulumi";
import { HetznerServer } from "../../../components/machines/hcloud/server";

/** A setting of the program, given by the test in the environment. */
const setting = (name: string, otherwise: string): string => process.env[`HETZNER_${name}`] ?? otherwise;

const token = secret(setting("TOKEN", ""));

const machine = new HetznerServer("sese-ai", {
  config: {
    kind: "hcloud",
    serverType: setting("SERVER_TYPE", "cx23"),
    location: "nbg1",
    image: "debian-13",
    user: "root",
    allowSshFrom: setting("ALLOW_SSH_FROM", "0.0.0.0/0 ::/0").split(" "),
  },
  lock: {},
  logins: [],
  token,
  prefix: "vpai-test",
  identityFile: setting("IDENTITY_FILE", ""),
  labels: { platform: "vpai", stack: "test" },
});

// What HetznerServer does not use, and the bridge has a rule for.
if (setting("NETWORK", "") !== "") {
  const provider = new hcloud.Provider("networks", { token });
  const network = new hcloud.Network("network", { ipRange: "10.0.0.0/16" }, { provider });
  const subnet = new hcloud.NetworkSubnet(
    "subnet",
    { networkId: network.id.apply(Number), type: "cloud", networkZone: "eu-central", ipRange: "10.0.1.0/24" },
    { provider },
  );
  const networks = [{ networkId: network.id.apply(Number), ip: "10.0.1.7" }];
  new hcloud.Server(
    "attached",
    { serverType: "cx23", location: "nbg1", image: "debian-13", networks },
    { provider, dependsOn: subnet },
  );
}

export const address = machine.publicAddress;
export const connection = machine.connection;
