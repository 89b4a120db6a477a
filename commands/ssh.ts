import { spawn } from "node:child_process";
import { sshOptions } from "@vpai/providers";
import { deployedHosts } from "./stack/hosts";
import { chosenStack, main } from "./stack/pulumi";
import { chosenHost } from "./scope/choice";

/** `make ssh HOST=… [CMD=…]`: a login to a host of the stack, with its pinned host key. */
main(async () => {
  const hosts = await deployedHosts(chosenStack());
  const { connection } = chosenHost(process.env["HOST"], hosts);
  const { user, host: address, port } = connection;
  const command = process.env["CMD"] ? ["--", process.env["CMD"]] : [];
  const child = spawn("ssh", [...sshOptions(connection), "-p", String(port), `${user}@${address}`, ...command], {
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 1)));
});
