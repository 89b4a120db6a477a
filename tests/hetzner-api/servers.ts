import type { Action } from "./actions";
import { datacenters, images, type Image, type Location, locations, type ServerType, serverTypes } from "./catalogue";
import type { Entry, Fields } from "./collection";
import { ApiError, invalidInput } from "./errors";
import type { Project } from "./project";

interface PrivateNet {
  network: number;
  ip: string;
  alias_ips: string[];
  mac_address: string;
}

export interface Server extends Entry {
  status: "initializing" | "running" | "off" | "deleting";
  server_type: ServerType;
  image: Image;
  location: Location;
  datacenter: (typeof datacenters)[number] | undefined;
  public_net: {
    ipv4: { id: number; ip: string; blocked: boolean; dns_ptr: string };
    ipv6: { id: number; ip: string; blocked: boolean; dns_ptr: string[] };
    floating_ips: number[];
    firewalls: { id: number; status: string }[];
  };
  private_net: PrivateNet[];
  primary_disk_size: number;
  protection: { delete: boolean; rebuild: boolean };
  backup_window: string | null;
  rescue_enabled: boolean;
  iso: null;
  locked: boolean;
  placement_group: null;
  volumes: number[];
  load_balancers: number[];
  included_traffic: number;
  outgoing_traffic: null;
  ingoing_traffic: null;
}

/** A server as the API shows it. */
export function shown(project: Project, server: Server): object {
  return { ...server, locked: project.actions.isBusy({ id: server.id, type: "server" }) };
}

export function createServer(project: Project, request: Fields): { server: Server; action: Action } {
  const type = byIdOrName(serverTypes, request["server_type"], "server_type");
  const image = byIdOrName(images, request["image"], "image");
  const location = byIdOrName(locations, request["location"] ?? "fsn1", "location");
  if (image.architecture !== type.architecture) throw invalidInput("image", "image and server type do not fit");
  const sshKeys = (request["ssh_keys"] as number[] | undefined) ?? [];
  const firewalls = ((request["firewalls"] as { firewall: number }[] | undefined) ?? []).map((each) => each.firewall);
  sshKeys.forEach((id) => project.sshKeys.get(id));
  firewalls.forEach((id) => project.firewalls.get(id));
  const server = project.servers.add(request, blank(type, image, location));
  project.bootData.set(server.id, { userData: request["user_data"] as string | undefined, sshKeys });
  server.public_net = addresses(server.id);
  firewalls.forEach((id) => project.apply(id, server.id));
  const action = start(project, server, "create_server", () => (server.status = "running"));
  return { server, action };
}

function blank(server_type: ServerType, image: Image, location: Location): Omit<Server, keyof Entry> {
  return {
    status: "initializing",
    server_type,
    image,
    location,
    datacenter: datacenters.find((center) => center.location.id === location.id),
    public_net: addresses(0),
    private_net: [],
    primary_disk_size: server_type.disk,
    protection: { delete: false, rebuild: false },
    backup_window: null,
    rescue_enabled: false,
    iso: null,
    locked: false,
    placement_group: null,
    volumes: [],
    load_balancers: [],
    included_traffic: 0,
    outgoing_traffic: null,
    ingoing_traffic: null,
  };
}

/** Addresses of the documentation's networks. */
function addresses(id: number): Server["public_net"] {
  const last = (id % 250) + 1;
  return {
    ipv4: { id: 2 * id, ip: `203.0.113.${last}`, blocked: false, dns_ptr: `static.${last}.example` },
    ipv6: { id: 2 * id + 1, ip: `2001:db8:${last.toString(16)}::/64`, blocked: false, dns_ptr: [] },
    floating_ips: [],
    firewalls: [],
  };
}

export function deleteServer(project: Project, id: number): Action {
  const server = project.servers.get(id);
  assertFree(project, server);
  if (server.protection.delete) throw new ApiError(423, "protected", "server deletion is protected");
  server.status = "deleting";
  return start(project, server, "delete_server", () => {
    for (const firewall of [...server.public_net.firewalls]) project.withdraw(firewall.id, id);
    project.servers.remove(id);
  });
}

export function actOnServer(project: Project, id: number, command: string, request: Fields): Action {
  const server = project.servers.get(id);
  assertFree(project, server);
  const act = (done: () => void): Action => start(project, server, command, done);
  switch (command) {
    case "poweron":
      return act(() => (server.status = "running"));
    case "poweroff":
    case "shutdown":
      return act(() => (server.status = "off"));
    case "change_type":
      return act(changeType(server, request));
    case "change_protection":
      return act(() => Object.assign(server.protection, request));
    case "attach_to_network":
      return act(() => attach(project, server, request));
    case "detach_from_network":
      return act(() => {
        server.private_net = server.private_net.filter(({ network }) => network !== request["network"]);
      });
    default:
      throw new ApiError(404, "not_found", `no action ${command} of a server`);
  }
}

/** Checks at once what a change needs; afterwards the server is started again, as the real API does. */
function changeType(server: Server, request: Fields): () => void {
  const type = byIdOrName(serverTypes, request["server_type"], "server_type");
  if (server.status !== "off") throw new ApiError(422, "server_not_stopped", "server must be stopped");
  if (type.disk < server.primary_disk_size || type.architecture !== server.server_type.architecture) {
    throw new ApiError(422, "invalid_server_type", "server type does not fit: its disk is smaller than the server's");
  }
  return () => {
    server.server_type = type;
    if (request["upgrade_disk"] === true) server.primary_disk_size = type.disk;
    server.status = "running";
  };
}

function attach(project: Project, server: Server, request: Fields): void {
  const network = project.networks.get(request["network"] as number);
  server.private_net.push({
    network: network.id,
    ip: (request["ip"] as string | undefined) ?? network.ip_range.replace(/\d+\/\d+$/, "2"),
    alias_ips: (request["alias_ips"] as string[] | undefined) ?? [],
    mac_address: "86:00:ff:2a:7d:e1",
  });
}

/** While an action is running, others are refused. */
function assertFree(project: Project, { id }: Server): void {
  if (project.actions.isBusy({ id, type: "server" })) throw new ApiError(423, "locked", "server is locked");
}

const start = (project: Project, { id }: Server, command: string, done: () => void): Action =>
  project.actions.start(command, [{ id, type: "server" }], done);

function byIdOrName<Item extends { id: number; name: string }>(
  list: readonly Item[],
  wanted: unknown,
  field: string,
): Item {
  const found = list.find(({ id, name }) => name === wanted || String(id) === String(wanted));
  if (found === undefined) throw invalidInput(field, `${field} ${String(wanted)} not found`);
  return found;
}
