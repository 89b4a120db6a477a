import { neededBy } from "../model/peers";
import type { Platform, PlatformHost } from "../model/platform";
import { isContainer } from "../model/run";
import { networksOf, type Service } from "../model/service";
import type { Access } from "../model/site";
import { hostViews, servicesOn } from "../platforms/contexts";

/** What a picture of the platform shows; the domain is each stack's own. */
export interface Picture {
  hosts: readonly PictureHost[];
}

/** What is shown of a host. */
export interface PictureHost {
  name: string;
  purpose: string;
  networks: PlatformHost["networks"];
  services: readonly PictureService[];
}

/** What is shown of a service. */
export interface PictureService {
  name: string;
  group: string;
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
export function pictureOf(platform: Platform): Picture {
  const views = hostViews(platform);
  return {
    hosts: Object.entries(platform.hosts).map(([name, { purpose, networks }]) => ({
      name,
      purpose,
      networks,
      services: platform.groups
        .flatMap((group) => servicesOn(platform, name, [group]))
        .map((service) => ({
          ...serviceOf(service),
          needs: neededBy(service, views, name).map((needed) => needed.service.name),
        })),
    })),
  };
}

function serviceOf(service: Service): Omit<PictureService, "needs"> {
  const { name, group, run, port, expose = [] } = service;
  const image = isContainer(run) ? run.image : "";
  return {
    name,
    group,
    version: image.slice(image.lastIndexOf(":") + 1),
    port,
    networks: networksOf(service),
    sites: expose.map(({ subdomain, path = "", access }) => ({ place: `${subdomain}${path}` || "/", access })),
    hostMounts: (isContainer(run) ? (run.hostMounts ?? []) : []).map(({ source }) => source),
  };
}
