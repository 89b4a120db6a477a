import { chosenStack, main } from "./stack/pulumi";
import { currentHosts } from "./reach/stack";
import { statusOf } from "./status/rows";
import { table } from "./terminal/table";

/** `make status`: what runs where, how it is, and whether it is the real program; what ran when, and how that ended; which tools there are. */
main(async () => {
  const stack = chosenStack();
  const hosts = Object.entries(await currentHosts(stack));
  const found = await Promise.all(hosts.map(([name, host]) => statusOf(stack, name, host)));
  const services = found.flatMap((one) => one.services);
  const jobs = found.flatMap((one) => one.jobs);
  const tools = found.flatMap((one) => one.tools);
  console.log(
    table(
      ["host", "service", "image", "program", "health", "URL"],
      services.map(({ cells }) => cells),
    ),
  );
  if (jobs.length > 0)
    console.log(
      `\n${table(
        ["host", "job", "last run", "result", "next run"],
        jobs.map(({ cells }) => cells),
      )}`,
    );
  if (tools.length > 0)
    console.log(
      `\n${table(
        ["host", "tool", "version", "program", "commands", "state"],
        tools.map(({ cells }) => cells),
      )}`,
    );
  const reboots = found.flatMap((one) => one.reboot);
  if (reboots.length > 0) console.log(`\n${reboots.join("\n")}`);
  const urls = hosts.flatMap(([, { publicAddress, services: all }]) =>
    Object.values(all).flatMap(({ urls = [] }) => urls.map((url) => ({ url, publicAddress }))),
  );
  const first = urls[0];
  if (stack === "lab" && first !== undefined) {
    console.log(
      `\nNames of the lab resolve nowhere; ask curl to: curl -k --resolve ${new URL(first.url).hostname}:443:${first.publicAddress} ${first.url}`,
    );
  }
  return [...services, ...jobs, ...tools].every(({ good }) => good) ? 0 : 1;
});
