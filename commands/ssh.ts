import { spawn } from "node:child_process";
import { sshOptions } from "@vpai/providers";
import { deployedHosts } from "./hosts";
import { chosenStack, main } from "./pulumi";

/** `make ssh HOST=… [CMD=…]`: a login to a host of the stack, with its pinned host key. */
main(async () => {
  const hosts = await deployedHosts(chosenStack());
  const name = process.env["HOST"] ?? "";
  const host = hosts[name];
  if (host === undefined) throw new Error(`expected HOST=${Object.keys(hosts).join("|")}, found "${name}"`);
  const { user, host: address, port } = host.connection;
  const command = process.env["CMD"] ? ["--", process.env["CMD"]] : [];
  const child = spawn("ssh", [...sshOptions(host.connection), "-p", String(port), `${user}@${address}`, ...command], {
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 1)));
});
