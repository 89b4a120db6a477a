import {
  inspectContainer,
  RetryingHost,
  prepareVersion,
  Transport,
  type Version,
  versionSchema,
} from "@vpai/providers";
import { parseJson } from "../model/foreign-json";
import { BackupProgram, unitOfHost } from "./backups/host";
import { isMeant } from "./terminal/confirm";
import { deployedHosts } from "./stack/hosts";
import { chosenStack, main } from "./stack/pulumi";
import { type ReleaseManifest, releaseTo } from "./backups/release";
import { pinImage, pinOf } from "./releases/pin";
import { previewOf } from "./releases/preview";
import { sinceOf } from "./releases/since";
import { smokeFaults } from "./releases/smoke";
import { runRemote } from "./terminal/remote";
import { type PlacedService, serviceAmong } from "./services/find";

/** A service in a container. */
type Service = PlacedService & { container: string };

/** Where a rollback is done. */
interface Place {
  stack: string;
  service: Service;
  transport: Transport;
  program: BackupProgram;
}

/**
 * `make rollback SERVICE=… [TO=…] [HOST=…] [YES=1]`: shows what going back to a release loses, and does it when told so: data,
 * configuration and image together. What was in use is put aside.
 */
main(async () => {
  const stack = chosenStack();
  const hosts = await deployedHosts(stack);
  const service = inContainer(serviceAmong(hosts, process.env));
  const transport = new Transport(service.connection);
  try {
    const program = await BackupProgram.of(transport, unitOfHost(service.host, hosts));
    const place = { stack, service, transport, program };
    const release = releaseTo(await program.releases(service.name), process.env["TO"] ?? "", service.name);
    const since = sinceOf(release, await program.since(service.name, release.set));
    const running = hosts[service.host]?.services[service.name]?.image ?? "what runs now";
    console.log(previewOf(release, since, { host: service.host, running, now: new Date() }));
    if (await isMeant()) return await goBack(place, release);
    console.log("Nothing was changed: YES=1 does it.");
    return 0;
  } finally {
    transport.close();
  }
});

function inContainer(service: PlacedService): Service {
  if ("container" in service) return service;
  throw new Error(
    `${service.name} on ${service.host}: expected a service in a container, found a unit: it has no releases`,
  );
}

/** @returns the exit code */
async function goBack(place: Place, release: ReleaseManifest): Promise<number> {
  const { service, program, transport } = place;
  const version = await versionIn(place, release);
  await prepareVersion(new RetryingHost(transport), placeOf(place), version);
  const moment = new Date().toISOString().replace(/[-:]|\.\d+Z$/g, "");
  const code = await runRemote(service.connection, program.command("rollback", service.name, release.set, moment));
  if (code !== 0) return code;
  const faults = await smokeFaults(place.stack, service.host, service.name, transport);
  if (faults.length > 0) return await takeBack(place, { release, moment, faults });
  return await told(place, release, version);
}

async function versionIn({ transport, program, service }: Place, { set }: ReleaseManifest): Promise<Version> {
  const file = `${program.folder}/releases/${service.name}/${set}/_version/version.json`;
  const text = await transport.output(["cat", "--", file]);
  const what = `the version of ${service.name} that ${file} on ${service.host} keeps`;
  const version = parseJson(versionSchema, text, what, "go back to another release");
  if ((await inspectContainer(transport, service.container)) === undefined)
    throw new Error(`${service.host}: expected the container ${service.container}, found none: run \`make up\` first`);
  return version;
}

const placeOf = ({ program: { folder }, service: { container, name } }: Place) => ({
  container,
  configs: `${folder}/configs/${name}`,
  lastHealthy: `${folder}/last-healthy/${name}`,
});

/** One that is healthy and does not answer rightly is none to stay with. */
async function takeBack(
  { service, program }: Place,
  { release, moment, faults }: { release: ReleaseManifest; moment: string; faults: readonly string[] },
): Promise<number> {
  console.error(`${service.name} is healthy at ${release.set}, and answers wrongly:\n  ${faults.join("\n  ")}`);
  await runRemote(service.connection, program.command("undo", service.name, release.set, moment));
  return 1;
}

async function told({ stack, service }: Place, release: ReleaseManifest, version: Version): Promise<number> {
  const image = pinOf(release, version.content, stack);
  const key = await pinImage(stack, service.name, image);
  console.log(
    [
      `${service.name} answers as it has to. ${key} in Pulumi.${stack}.yaml is now ${image}: the next \`up\` stays with it.`,
      "That `up` gives it the configuration files of this checkout: bring back the commit that belongs to this image before it.",
      `To go forward again: pulumi config rm --stack ${stack} --path '${key}', and up.`,
    ].join("\n"),
  );
  return 0;
}
