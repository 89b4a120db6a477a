import { local } from "@pulumi/command";
import * as hcloud from "@pulumi/hcloud";
import * as random from "@pulumi/random";

/** A switch of the program, given by the test in the environment. */
const setting = (name: string): string | undefined => process.env[`PLUGINS_${name}`];

const password = new random.RandomPassword("password", { length: 24, overrideSpecial: "-_" });
if (setting("REFUSED")) new random.RandomInteger("refused", { min: 1, max: 6, seed: "dice" });

const command = new local.Command("command", {
  create: "echo created; date +%s%N",
  delete: `echo deleted >> "$LOG"`,
  environment: { LOG: setting("LOG") ?? "/dev/null" },
  triggers: [setting("TRIGGER") ?? "first"],
});
const secret = new local.Command("secret", { create: "cat", stdin: password.result });
if (setting("FAILING")) {
  new local.Command("failing", { create: `echo "refused: $(cat)" >&2; exit 5`, stdin: password.result });
}
const endless = setting("ENDLESS");
if (endless) new local.Command("endless", { create: `echo $$ > "${endless}"; sleep 600` });

// Only ever previewed: nothing answers at this address.
if (setting("HETZNER")) {
  const provider = new hcloud.Provider("hetzner", { endpoint: "http://127.0.0.1:9/v1" });
  const key = new hcloud.SshKey("key", { publicKey: "ssh-ed25519 AAAA" }, { provider });
  const server = new hcloud.Server(
    "server",
    { serverType: "cx23", image: "debian-13", location: "nbg1", sshKeys: [key.id], userData: "#cloud-config" },
    { provider },
  );
  new hcloud.FirewallAttachment("attachment", { firewallId: 1, serverIds: [server.id.apply(Number)] }, { provider });
}

export const made = command.stdout;
export const result = password.result;
export const echoed = secret.stdout;
