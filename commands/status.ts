import {
  type CommandRunner,
  conditionOf,
  type Container,
  inspectContainer,
  PREVIOUS_LABEL,
  PREVIOUS_MARK,
  transportTo,
  unitFactsOf,
  unitText,
} from "@vpai/providers";
import { programOf } from "../lab/program";
import { type DeployedHost, deployedHosts } from "./hosts";
import { chosenStack, main } from "./pulumi";
import { table } from "./table";

/** `make status`: what runs where, how it is, and whether it is the real program. */
main(async () => {
  const stack = chosenStack();
  const hosts = Object.entries(await deployedHosts(stack));
  const rows = await Promise.all(hosts.map(([name, host]) => rowsOf(stack, name, host)));
  console.log(table(["host", "service", "image", "program", "health", "URL"], rows.flat()));
  const urls = hosts.flatMap(([, { publicAddress, services }]) =>
    Object.values(services).flatMap(({ urls }) => urls.map((url) => ({ url, publicAddress }))),
  );
  const first = urls[0];
  if (stack === "lab" && first !== undefined) {
    console.log(
      `\nNames of the lab resolve nowhere; ask curl to: curl -k --resolve ${new URL(first.url).hostname}:443:${first.publicAddress} ${first.url}`,
    );
  }
  return rows.flat().every(([, , , , health]) => health === "healthy" || health === "reachable") ? 0 : 1;
});

async function rowsOf(stack: string, name: string, { connection, services }: DeployedHost): Promise<string[][]> {
  const host = transportTo(connection);
  const reachable = await host.run(["true"]).then(
    () => "reachable",
    (error: Error) => `unreachable: ${error.message}`,
  );
  const hostRow = [name, "(host)", connection.host, "", reachable, ""];
  if (reachable !== "reachable") return [hostRow];
  const serviceRows = Object.entries(services).map(async ([service, deployed]) => {
    const { urls } = deployed;
    if ("unit" in deployed)
      return [name, service, deployed.program, "", await unitHealth(host, deployed.unit), urls.join(" ")];
    const { container, image } = deployed;
    const found = await inspectContainer(host, container);
    const previous = found?.Config.Labels?.[PREVIOUS_LABEL];
    const serving = previous ?? image;
    return [name, service, serving, programOf(stack, serving), healthOf(found, previous), urls.join(" ")];
  });
  return [hostRow, ...(await Promise.all(serviceRows))];
}

/** Whether a unit runs; what it answers is looked at by each `up`. */
async function unitHealth(host: CommandRunner, unit: string): Promise<string> {
  const [{ activeState }, text = ""] = await Promise.all([unitFactsOf(host, unit), unitText(host, unit)]);
  const health = activeState === "active" ? "healthy" : activeState;
  return text.startsWith(PREVIOUS_MARK) ? `previous version, ${health}` : health;
}

/** The previous version is not what the stack asks for, however healthy it is. */
function healthOf(found: Container | undefined, previous: string | undefined): string {
  if (found === undefined) return "missing";
  return previous === undefined ? conditionOf(found) : `previous version, ${conditionOf(found)}`;
}
