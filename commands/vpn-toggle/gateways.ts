import { Transport, writeFile } from "@vpai/providers";
import { containerSpec } from "../../components/container/spec";
import type { FileSpec } from "../../components/workload/spec";
import { unitSpec } from "../../components/unit/spec";
import type { StackConfig } from "../../config";
import { folderOn, type Platform, prefixOn } from "../../model/platform";
import { isContainerService, isUnitService, type Service } from "../../model/service";
import { contextOf, stackViews } from "../../platforms";
import type { DeployedHost, DeployedService } from "../stack/hosts";

/** The stack as it is to be, and where it runs. */
interface Told {
  stack: string;
  platform: Platform;
  /** With the switch as it is to be. */
  config: StackConfig;
  /** Names of the secrets that the stack's file has a value for. */
  given: readonly string[];
  hosts: Readonly<Record<string, DeployedHost>>;
}

/** Milliseconds that a host is waited for: one that is away must not keep the others open. */
const PATIENCE = 20_000;

/** What became of a host. */
interface Outcome {
  host: string;
  /** Why its gateway could not be told; undefined where it was. */
  fault?: string;
}

/**
 * Gives the gateways of some hosts the files that `up` gives them, whatever the state says of those, and has them reload: they
 * answer by them at once, and finish requests that are under way.
 */
export const tellGateways = (names: readonly string[], told: Told): Promise<Outcome[]> =>
  Promise.all(
    names.map(async (host) => {
      try {
        await tellOn(host, told);
        return { host };
      } catch (error) {
        return { host, fault: (error as Error).message.split("\n")[0] ?? "" };
      }
    }),
  );

async function tellOn(host: string, told: Told): Promise<void> {
  const deployed = told.hosts[host];
  if (deployed === undefined) throw new Error("expected a host of the stack's outputs, found none: make up first");
  const transport = new Transport(deployed.connection, PATIENCE);
  try {
    for (const { service, files } of gatewaysOn(host, told)) {
      const running = deployed.services[service.name];
      if (running === undefined) continue;
      for (const { path, content } of files) await writeFile(transport, { path, content, owner: "0:0", mode: "0644" });
      await transport.output(reloadOf(service, running));
    }
  } finally {
    transport.close();
  }
}

/** A configuration file whose text is known before the stack runs. */
interface PlainFile {
  path: string;
  content: string;
}

/** The gateways of a host with their files. */
export function gatewaysOn(
  host: string,
  { stack, platform, config, given }: Omit<Told, "hosts">,
): { service: Service; files: PlainFile[] }[] {
  const views = stackViews(platform, config);
  const description = platform.hosts[host];
  if (description === undefined) return [];
  const place = {
    owner: { platform: platform.name, stack, host },
    folder: folderOn(platform.name, description),
    prefix: prefixOn(platform.name, description),
    context: contextOf(host, config, views, { given }),
    exists: () => true,
  };
  const gateways = (views.find(({ name }) => name === host)?.services ?? []).filter(
    ({ gateway }) => gateway !== undefined,
  );
  return gateways.map((service) => {
    if (isContainerService(service)) return { service, files: plain(containerSpec(service, place).files) };
    if (isUnitService(service)) return { service, files: plain(unitSpec(service, place).files) };
    return { service, files: [] };
  });
}

const plain = (files: readonly FileSpec[]): PlainFile[] =>
  files.flatMap(({ path, content }) => (typeof content === "string" ? [{ path, content }] : []));

/** How a running gateway takes on its files. @throws where it has no way */
function reloadOf({ name, onChange }: Service, { container, unit }: DeployedService): string[] {
  if (unit !== undefined) return ["systemctl", "reload-or-restart", unit];
  if (container === undefined || onChange === undefined)
    throw new Error(`${name}: expected a gateway that takes on changed files, found none`);
  const isReloaded = onChange !== "restart" && "reload" in onChange;
  return isReloaded ? ["docker", "exec", container, ...onChange.reload] : ["docker", "restart", container];
}
