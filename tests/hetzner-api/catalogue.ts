/** What Hetzner offers, as far as a stack may ask for it: names and sizes are the real ones. */

const CREATED = "2025-10-01T00:00:00Z";

const location = (id: number, name: string, city: string, country: string, networkZone: string) => ({
  id,
  name,
  description: `${city} DC Park 1`,
  country,
  city,
  latitude: 50,
  longitude: 12,
  network_zone: networkZone,
});

export const locations = [
  location(1, "fsn1", "Falkenstein", "DE", "eu-central"),
  location(2, "nbg1", "Nuremberg", "DE", "eu-central"),
  location(3, "hel1", "Helsinki", "FI", "eu-central"),
];

export type Location = (typeof locations)[number];

const serverType = (id: number, name: string, cores: number, memory: number, disk: number, architecture = "x86") => ({
  id,
  name,
  description: name.toUpperCase(),
  category: "cost_optimized",
  cores,
  memory,
  disk,
  storage_type: "local",
  cpu_type: "shared",
  architecture,
  included_traffic: 0,
  prices: [],
  deprecated: false,
  deprecation: null,
  locations: locations.map((place) => ({ id: place.id, name: place.name, deprecation: null })),
});

/** Memory and disk in GB. */
export const serverTypes = [
  serverType(114, "cx23", 2, 4, 40),
  serverType(115, "cx33", 4, 8, 80),
  serverType(116, "cx43", 8, 16, 160),
  serverType(45, "cax11", 2, 4, 40, "arm"),
];

export type ServerType = (typeof serverTypes)[number];

export const datacenters = locations.map((place, index) => ({
  id: index + 2,
  name: `${place.name}-dc${index + 3}`,
  description: `${place.city} 1 virtual DC ${index + 3}`,
  location: place,
  server_types: {
    supported: serverTypes.map(({ id }) => id),
    available: serverTypes.map(({ id }) => id),
    available_for_migration: serverTypes.map(({ id }) => id),
  },
}));

const image = (id: number, name: string, flavor: string, version: string, architecture: string) => ({
  id,
  status: "available",
  type: "system",
  name,
  description: name,
  image_size: null,
  disk_size: 5,
  created: CREATED,
  created_from: null,
  bound_to: null,
  os_flavor: flavor,
  os_version: version,
  architecture,
  rapid_deploy: true,
  protection: { delete: false },
  deprecated: null,
  deleted: null,
  labels: {},
});

export const images = [
  image(310557660, "debian-13", "debian", "13", "x86"),
  image(310557661, "debian-13", "debian", "13", "arm"),
  image(161547269, "ubuntu-24.04", "ubuntu", "24.04", "x86"),
];

export type Image = (typeof images)[number];
