import type { Platform, PlatformHost } from "../platforms";
import { servicesOn } from "../platforms";
import { SERVICE_GROUPS, type ServiceGroup } from "../config";
import type { Access, Service } from "../services/model";

/** What a picture of the platform shows; the domain is each stack's own. */
export interface Picture {
  hosts: readonly PictureHost[];
}

export interface PictureHost {
  name: string;
  purpose: string;
  networks: PlatformHost["networks"];
  services: readonly PictureService[];
}

export interface PictureService {
  name: string;
  group: ServiceGroup;
  /** The image's tag. */
  version: string;
  /** Undefined for one that nobody calls. */
  port: number | undefined;
  networks: readonly string[];
  needs: readonly string[];
  sites: readonly PictureSite[];
  /** Parts of the host that it sees. */
  hostMounts: readonly string[];
}

interface PictureSite {
  /** Subdomain and path: `mayi`, `hq/api/*`; without a subdomain it is the domain itself: `/webhook/*`. */
  place: string;
  access: Access;
}

/** The platform with all its services. */
export const pictureOf = (platform: Platform): Picture => ({
  hosts: Object.entries(platform.hosts).map(([name, { purpose, networks }]) => ({
    name,
    purpose,
    networks,
    services: SERVICE_GROUPS.flatMap((group) => servicesOn(platform, name, [group])).map(serviceOf),
  })),
});

const serviceOf = ({ name, group, image, port, networks, needs = [], ...service }: Service): PictureService => ({
  name,
  group,
  version: image.slice(image.lastIndexOf(":") + 1),
  port,
  networks,
  needs,
  sites: (service.expose ?? []).map(({ subdomain, path = "", access }) => ({
    place: `${subdomain}${path}` || "/",
    access,
  })),
  hostMounts: (service.hostMounts ?? []).map(({ source }) => source),
});
