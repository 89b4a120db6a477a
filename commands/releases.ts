import { Transport } from "@vpai/providers";
import { BackupProgram, unitOfHost } from "./backups/host";
import { deployedHosts } from "./stack/hosts";
import { chosenStack, main } from "./stack/pulumi";
import { releaseRow } from "./backups/release";
import { serviceAmong } from "./services/find";
import { table } from "./terminal/table";

/** `make releases SERVICE=… [HOST=…]`: what a service can go back to: when it was, between which images, how much it holds. */
main(async () => {
  const hosts = await deployedHosts(chosenStack());
  const { host, name, connection } = serviceAmong(hosts, process.env);
  const transport = new Transport(connection);
  try {
    const releases = await (await BackupProgram.of(transport, unitOfHost(host, hosts))).releases(name);
    const there = (await transport.output(["docker", "image", "ls", "--all", "--quiet", "--no-trunc"])).split("\n");
    const rows = releases.reverse().map((release) => releaseRow(release, new Set(there), new Date()));
    console.log(table(["release", "age", "from", "to", "size", "rows", "image"], rows));
    if (rows.length === 0)
      console.log(`${name} on ${host}: no release yet; one is made right before it gets another image`);
    return 0;
  } finally {
    transport.close();
  }
});
