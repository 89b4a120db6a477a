import type { Resource } from "@pulumi/pulumi";
import { DataMigration, type HostImage, ReleaseSnapshot } from "@vpai/providers";
import { majorOf } from "../../model/data-version";
import type { ContainerService } from "../../model/service";
import { backupProgram } from "../../programs/backup";
import { type Made, seen } from "./made";

/** What a service keeps is copied before another image takes it on. */
export function copiedData(
  { resource, host, spec, place, parent }: Made,
  { name: service }: ContainerService,
  { imageId }: HostImage,
  after: Promise<Resource[]>,
): ReleaseSnapshot[] {
  if (host.releases?.keepers.has(service) !== true) return [];
  const { unit, kept } = host.releases;
  return [
    new ReleaseSnapshot(
      `${resource}/release`,
      { connection: host.connection, ...place, service, image: imageId, reference: spec.image, unit, kept },
      { parent, dependsOn: after },
    ),
  ];
}

/** What is of a lower major version than its image reads is brought into that one, once there is a copy. */
export function migratedData(
  { resource, host, spec, place, parent }: Made,
  { name, dataVersions }: ContainerService,
  { imageId }: HostImage,
  release: ReleaseSnapshot[],
): DataMigration[] {
  if (host.releases === undefined || dataVersions === undefined) return [];
  return [
    new DataMigration(
      `${resource}/data-version`,
      {
        connection: host.connection,
        container: place.container,
        service: name,
        program: dataVersions.program,
        major: majorOf(name, spec.image, dataVersions),
        image: imageId,
        reference: spec.image,
        release: release[0]?.release ?? "",
        command: backupProgram(host.releases.job, host),
        ...seen(() => host.findings.ofData(spec)),
      },
      { parent, dependsOn: release },
    ),
  ];
}
