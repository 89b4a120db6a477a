import { createHash } from "node:crypto";
import { type Action, Actions } from "./actions";
import { Collection, type Entry, type Fields } from "./collection";
import { ApiError, invalidInput } from "./errors";
import type { Server } from "./servers";

export interface SshKey extends Entry {
  public_key: string;
  fingerprint: string;
}

/** What a firewall is applied to. */
interface Target {
  type: "server";
  server: { id: number };
}

export interface Firewall extends Entry {
  rules: Fields[];
  applied_to: Target[];
}

export interface Network extends Entry {
  ip_range: string;
  subnets: Fields[];
  routes: Fields[];
  servers: number[];
  load_balancers: number[];
  protection: { delete: boolean };
  expose_routes_to_vswitch: boolean;
}

/** Everything in one project at Hetzner Cloud. */
export class Project {
  readonly actions = new Actions();
  readonly servers = new Collection<Server>("server");
  /** What each server was made with, which the API never shows again. */
  readonly bootData = new Map<number, { userData: string | undefined; sshKeys: number[] }>();
  readonly sshKeys = new Collection<SshKey>("SSH key");
  readonly firewalls = new Collection<Firewall>("firewall");
  readonly networks = new Collection<Network>("network");

  createSshKey(request: Fields): SshKey {
    const text = String(request["public_key"]);
    const [, data = ""] = /^ssh-(?:ed25519|rsa) ([A-Za-z0-9+/=]{40,})/.exec(text) ?? [];
    if (data === "") throw invalidInput("public_key", "Invalid SSH public key.");
    const digest = createHash("md5").update(Buffer.from(data, "base64")).digest("hex");
    const fingerprint = digest.replace(/(..)(?!$)/g, "$1:");
    if (this.sshKeys.all().some((key) => key.fingerprint === fingerprint)) {
      throw new ApiError(409, "uniqueness_error", "SSH key with the same fingerprint already exists");
    }
    return this.sshKeys.add(request, { public_key: text, fingerprint });
  }

  createFirewall(request: Fields): Firewall {
    return this.firewalls.add(request, { rules: rulesOf(request), applied_to: [] });
  }

  deleteFirewall(id: number): void {
    if (this.firewalls.get(id).applied_to.length > 0) {
      throw new ApiError(422, "resource_in_use", `firewall with ID '${id}' is still in use`);
    }
    this.firewalls.remove(id);
  }

  actOnFirewall(id: number, command: string, request: Fields): Action[] {
    const firewall = this.firewalls.get(id);
    const start = (done: () => void): Action[] => [this.actions.start(command, [{ id, type: "firewall" }], done)];
    const targets = (list: unknown): number[] => (list as Target[]).map(({ server }) => server.id);
    switch (command) {
      case "set_rules":
        return start(() => (firewall.rules = rulesOf(request)));
      case "apply_to_resources":
        return start(() => targets(request["apply_to"]).forEach((server) => this.apply(id, server)));
      case "remove_from_resources":
        return start(() => targets(request["remove_from"]).forEach((server) => this.withdraw(id, server)));
      default:
        throw new ApiError(404, "not_found", `no action ${command} of a firewall`);
    }
  }

  /** Applies a firewall to a server. */
  apply(firewall: number, server: number): void {
    this.servers.get(server).public_net.firewalls.push({ id: firewall, status: "applied" });
    this.firewalls.get(firewall).applied_to.push({ type: "server", server: { id: server } });
  }

  /** Takes a firewall from a server. */
  withdraw(firewall: number, server: number): void {
    const { public_net } = this.servers.get(server);
    public_net.firewalls = public_net.firewalls.filter(({ id }) => id !== firewall);
    const found = this.firewalls.get(firewall);
    found.applied_to = found.applied_to.filter((target) => target.server.id !== server);
  }

  createNetwork(request: Fields): Network {
    return this.networks.add(request, {
      ip_range: String(request["ip_range"]),
      subnets: [],
      routes: [],
      servers: [],
      load_balancers: [],
      protection: { delete: false },
      expose_routes_to_vswitch: false,
    });
  }

  actOnNetwork(id: number, command: string, request: Fields): Action {
    const network = this.networks.get(id);
    const start = (done: () => void): Action => this.actions.start(command, [{ id, type: "network" }], done);
    switch (command) {
      case "add_subnet":
        return start(() => network.subnets.push({ ...request, gateway: firstAddress(String(request["ip_range"])) }));
      case "delete_subnet":
        return start(() => {
          network.subnets = network.subnets.filter((subnet) => subnet["ip_range"] !== request["ip_range"]);
        });
      default:
        throw new ApiError(404, "not_found", `no action ${command} of a network`);
    }
  }
}

/** The API answers with every key of a rule, whether it was given or not. */
function rulesOf(request: Fields): Fields[] {
  const rules = (request["rules"] as Fields[] | undefined) ?? [];
  return rules.map((rule) => ({ port: null, description: null, source_ips: [], destination_ips: [], ...rule }));
}

const firstAddress = (range: string): string => range.replace(/\.\d+\/\d+$/, ".1");
