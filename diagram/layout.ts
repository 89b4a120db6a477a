import type { Picture, PictureHost, PictureService } from "./picture";

/** A rectangle, in pixels. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A service in its place. */
export interface PlacedService extends Box {
  service: PictureService;
  /** Where its line of networks and sites is. */
  middle: number;
}

/** A network in its place: a vertical line. */
export interface PlacedNetwork {
  name: string;
  subnet: string;
  internal: boolean;
  /** Of its vertical line. */
  x: number;
}

/** A host in its place, with all that is on it. */
export interface PlacedHost extends Box {
  host: PictureHost;
  networks: readonly PlacedNetwork[];
  services: readonly PlacedService[];
  /** Top and bottom of the lines of networks. */
  lines: { top: number; bottom: number };
}

/** Where things stand, in pixels. */
export const MEASURES = {
  margin: 20,
  /** Where services begin; left of them is the room for arrows between them. */
  services: 150,
  serviceWidth: 270,
  networkWidth: 104,
  rowHeight: 40,
  boxHeight: 30,
  title: 34,
  head: 54,
  groupGap: 14,
  sitesWidth: 330,
} as const;

/** The whole picture: hosts below each other, each as wide as the widest. */
export function layoutOf({ hosts }: Picture): { width: number; height: number; hosts: PlacedHost[] } {
  const { margin, services, serviceWidth, networkWidth, sitesWidth } = MEASURES;
  const columns = Math.max(...hosts.map(({ networks }) => Object.keys(networks).length));
  const width = margin + services + serviceWidth + columns * networkWidth + sitesWidth;
  let y = margin;
  const placed = hosts.map((host) => {
    const one = placeHost(host, y, width);
    y += one.height + margin;
    return one;
  });
  return { width: width + 2 * margin, height: y, hosts: placed };
}

function placeHost(host: PictureHost, y: number, width: number): PlacedHost {
  const { margin, services: left, serviceWidth, networkWidth, rowHeight, boxHeight, title, head, groupGap } = MEASURES;
  const top = y + title + (host.services.length === 0 ? 0 : head);
  const groups = [...new Set(host.services.map(({ group }) => group))];
  const services = host.services.map((service, row): PlacedService => {
    const own = top + row * rowHeight + groups.indexOf(service.group) * groupGap;
    return { service, x: margin + left, y: own, width: serviceWidth, height: boxHeight, middle: own + boxHeight / 2 };
  });
  const bottom = (services.at(-1)?.y ?? top - rowHeight) + rowHeight;
  return {
    host,
    x: margin,
    y,
    width,
    height: bottom - y + (host.services.length === 0 ? 0 : 6),
    services,
    networks: Object.entries(host.networks).map(([name, { subnet, internal }], column) => ({
      name,
      subnet,
      internal,
      x: margin + left + serviceWidth + (column + 0.5) * networkWidth,
    })),
    lines: { top: top - 8, bottom },
  };
}
