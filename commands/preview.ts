import { hostsOf } from "./reach/stack";
import { excluding, leftBy, servicesOf } from "./reach/run";
import { chosenStack, main, prepareStack, pulumi } from "./stack/pulumi";
import { choiceOf } from "./scope/choice";
import { byHost } from "./scope/by-host";
import { expectServices } from "./scope/services";
import { withLog } from "./summary/run";

/** `make preview`: what `up` would change. It reaches no host, so it knows of none that is away. */
main(async () => {
  const stack = chosenStack();
  expectServices(stack, process.env["VPAI_SERVICES"] ?? "");
  await prepareStack(stack);
  const args = ["--stack", stack, ...(await limits(stack)), ...process.argv.slice(2)];
  return withLog((logging) => pulumi(stack, "preview", ...args, ...logging), byHost);
});

async function limits(stack: string): Promise<string[]> {
  if (!process.env["HOST"] && !process.env["SERVICE"]) return [];
  const hosts = await hostsOf(stack);
  if (hosts === undefined) return [];
  const choice = choiceOf(process.env, servicesOf(hosts));
  const left = await leftBy("up", stack, { hosts: Object.keys(hosts), choice, away: [] });
  return left === undefined ? [] : excluding(left.urns);
}
