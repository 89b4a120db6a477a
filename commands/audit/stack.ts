import { publicKeyOf } from "@vpai/providers";
import { pulumiOutput } from "../stack/pulumi";
import { currentHosts, settingsOf } from "../reach/stack";
import { exportedState } from "../engine/exported";
import { servicesOn, settled } from "../../platforms";
import type { Stack } from "./declared/states";

/** A stack as its file, its platform and its state describe it. @throws where its file has errors, or it is not up */
export async function declaredStack(name: string): Promise<Stack> {
  const deployed = await currentHosts(name);
  const settings = await settingsOf(name);
  if (settings === undefined)
    throw new Error(`expected a stack's file without errors, found some: make preview STACK=${name} tells them all`);
  const { platform, config } = settings;
  const { deployment } = exportedState(await pulumiOutput(name, "stack", "export", "--stack", name));
  return {
    ...{ name, platform, deployed, vpnEnforce: config.vpnEnforce },
    hosts: Object.fromEntries(
      Object.entries(config.hosts).map(([host, { machine, vpnAddress }]) => [
        host,
        {
          services: servicesOn(platform, host, config.services).map((service) => settled(service, config.settings)),
          isLab: machine.kind === "lab",
          vpnAddress,
        },
      ]),
    ),
    states: deployment?.resources ?? [],
    keyOf: publicKeyOf,
  };
}
