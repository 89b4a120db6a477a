import { Transport } from "@vpai/providers";
import { BUDGET_DESK } from "../../platforms/vpai/services/litellm/budget";
import type { DeployedHost } from "../stack/hosts";

/** What asks LiteLLM from inside its own container: the administrator's key never leaves it. */
const ASK = `
import json, pathlib, sys, urllib.request
key = pathlib.Path("/run/secrets/master_key").read_text().strip()
question = {"model": "${BUDGET_DESK}", "messages": [{"role": "user", "content": sys.argv[1]}]}
request = urllib.request.Request(
    "http://127.0.0.1:4000/v1/chat/completions",
    json.dumps(question).encode(),
    {"authorization": "Bearer " + key, "content-type": "application/json"},
)
print(json.loads(urllib.request.urlopen(request, timeout=30).read())["choices"][0]["message"]["content"])
`;

/** What to say to the budget. @throws for another ECO than on and off */
export function questionFor(eco: string | undefined): string {
  if (eco === undefined || eco === "") return "";
  if (eco === "on" || eco === "off") return `eco ${eco}`;
  throw new Error(`expected ECO=on, ECO=off, or no ECO, which only tells; found "${eco}"`);
}

/** The host with the LLM proxy, and its container. @throws where the stack does not run it */
export function proxyAmong(hosts: Record<string, DeployedHost>): { host: DeployedHost; container: string } {
  for (const host of Object.values(hosts)) {
    const litellm = host.services["litellm"];
    const container = litellm !== undefined && "container" in litellm ? litellm.container : undefined;
    if (container !== undefined) return { host, container };
  }
  throw new Error("expected a host that runs litellm, found none: it is in the group apps (vpai:services, SERVICES=)");
}

/** What the budget answers. @throws with what the host or LiteLLM said instead */
export async function ask({ host, container }: ReturnType<typeof proxyAmong>, question: string): Promise<string> {
  const transport = new Transport(host.connection);
  const command = ["docker", "exec", "--interactive", container, "python3", "-", question];
  return transport.output(command, { stdin: ASK }).finally(() => transport.close());
}
