import type { VersionedData } from "@vpai/providers";
import { majorOf } from "../../model/data-version";
import { dataFolderOf } from "../../model/files";
import { isContainerService, type Service } from "../../model/service";
import type { HostContext } from "../host-context";

/** Data of services that one major version of their image alone can read. @throws UserError where an image does not say its version */
export const versionedData = (
  services: readonly Service[],
  { folder, releases }: Pick<HostContext, "folder" | "releases">,
): VersionedData[] =>
  services.filter(isContainerService).flatMap((service) => {
    const { name, run, data: [first] = [], dataVersions } = service;
    if (dataVersions === undefined || first === undefined) return [];
    const { program, find, place } = dataVersions;
    const major = majorOf(name, run.image, dataVersions);
    const read = { program, major, place: place(major), image: run.image };
    return [
      { service: name, ...read, folder: dataFolderOf(service, first, folder), find, migrates: releases !== undefined },
    ];
  });
