import { Transport } from "@vpai/providers";
import { outputsOf } from "../../../../commands/stack/hosts";
import { describedStack } from "../../../../commands/rotate/stack";
import { tryUntil } from "../../../../commands/rotate/try";
import { madeValues } from "../../../../commands/rotate/values";
import { proofsOf } from "../../../../platforms/logins";

/**
 * Tries each login that the services of one host say how to try, with the secret that the stack has, and prints what came of it: a line of
 * JSON each, with nothing of the secret. Usage: logins.ts <stack> <host>, in the folder of a checkout.
 */
async function main(stack: string, host: string): Promise<void> {
  const [hosts, { config, views, secrets }, made] = await Promise.all([
    outputsOf(stack),
    describedStack(stack),
    madeValues(stack),
  ]);
  const deployed = hosts[host];
  if (deployed === undefined) throw new Error(`expected the host ${host}`);
  const transport = new Transport(deployed.connection);
  const addresses = Object.fromEntries(Object.entries(hosts).map(([name, { publicAddress }]) => [name, publicAddress]));
  const tried = { views, stack: config, addresses, hosts, transportTo: () => transport };
  for (const placed of proofsOf({ views, stack: config }).filter((one) => one.host === host)) {
    const { name } = placed.proof.secret;
    const value = secrets.find(({ declaration }) => declaration.name === name)?.value ?? made[name];
    if (value === undefined) continue;
    const verdict = await tryUntil("accepted", placed, value, tried);
    console.log(JSON.stringify({ login: `${placed.service.name}: ${placed.proof.as}`, secret: name, verdict }));
  }
  transport.close();
}

void main(process.argv[2] ?? "", process.argv[3] ?? "");
