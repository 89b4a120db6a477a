import os from "node:os";
import { EVERY_CONTAINER, type ServiceFacts } from "../../facts/form";
import { SEKO_VPN, SEKO_VPN_HOST } from "../../facts/seko-vpn";
import { SESE_AI } from "../../facts/sese-ai";
import { OPENCUT, WORKSTATION, WORKSTATION_HOST } from "../../facts/workstation";
import type { LabHost } from "../harness/host";
import type { Lab } from "../harness/lab";
import { sharedLabOfAll } from "../harness/shared";

/** What Docker says of each container on each host, against the tables that were typed in from the sources. */

interface Inspected {
  Image: string;
  Config: { User: string; Labels: Record<string, string>; Healthcheck: { Test: string[] } };
  HostConfig: {
    Memory: number;
    MemorySwap: number;
    NanoCpus: number;
    CapAdd: string[] | null;
    CapDrop: string[];
    SecurityOpt: string[];
    RestartPolicy: { Name: string };
    LogConfig: { Type: string; Config: Record<string, string> };
    PortBindings: Record<string, { HostIp: string; HostPort: string }[]> | null;
  };
  NetworkSettings: { Networks: Record<string, unknown> };
  Mounts: { Source: string; Destination: string; RW: boolean }[];
}

interface Table {
  services: Readonly<Record<string, ServiceFacts>>;
  folder: string;
  prefix: string;
}

/** By host: its containers, the platform's folder there, and how its containers' names begin (docs/decisions/names-on-hosts.md). */
const HOSTS: Readonly<Record<string, Table>> = {
  "sese-ai": { services: SESE_AI, folder: "/opt/vpai", prefix: "vpai_" },
  "seko-vpn": { services: SEKO_VPN, ...SEKO_VPN_HOST },
  workstation: { services: { ...WORKSTATION, ...OPENCUT }, ...WORKSTATION_HOST },
};

/** Left alone until somebody starts them (docs/decisions/opencut.md). */
const ON_DEMAND = ["opencut", "opencut-postgresql", "opencut-valkey", "opencut-redis-http"];

let lab: Lab;
beforeAll(async () => {
  lab = await sharedLabOfAll();
}, 2_700_000);

describe.each(Object.entries(HOSTS))("%s", (hostName, { services, folder, prefix }) => {
  let host: LabHost;
  beforeAll(async () => {
    host = await lab.host(hostName);
  });

  test("the host runs the services of the table and no others", async () => {
    const names = (await host.docker("ps", "--all", "--format", "{{.Names}}")).split("\n").sort();
    expect(names).toEqual(
      Object.keys(services)
        .map((name) => `${prefix}${name}`)
        .sort(),
    );
  });

  describe.each(Object.entries(services))("%s", (name, facts) => {
    let container: Inspected;
    beforeAll(async () => {
      container = (JSON.parse(await host.docker("inspect", `${prefix}${name}`)) as [Inspected])[0];
    });

    test("runs its image as its user", async () => {
      const printed = await host.docker("image", "inspect", "--format", "{{json .RepoDigests}}", container.Image);
      const repositories = (JSON.parse(printed) as string[]).map((digest) => digest.replace(/@.*/, ""));
      // Docker leaves its own registry's name out.
      expect(repositories).toContain(facts.image.replace(/:[^:]*$/, "").replace(/^docker\.io\/(library\/)?/, ""));
      expect(container.Config.User).toBe(facts.user);
    });

    test("is on its networks", () => {
      // The engine calls it a network when there is none.
      const networks = facts.networks.length === 0 ? ["none"] : [...facts.networks].sort();
      expect(Object.keys(container.NetworkSettings.Networks).sort()).toEqual(networks);
    });

    test("may use its memory, without swap, and its CPUs", () => {
      const bytes = facts.memoryMiB * 2 ** 20;
      const { Memory, MemorySwap, NanoCpus } = container.HostConfig;
      expect({ Memory, MemorySwap, NanoCpus }).toEqual({
        Memory: bytes,
        MemorySwap: bytes,
        // The engine refuses more than its machine has.
        NanoCpus: Math.round(Math.min(facts.cpus, os.cpus().length) * 1e9),
      });
    });

    test("has its capabilities and no others, and can gain none", () => {
      expect(container.HostConfig.CapDrop).toEqual(["ALL"]);
      expect([...(container.HostConfig.CapAdd ?? [])].sort()).toEqual(
        facts.capabilities.map((capability) => `CAP_${capability}`).sort(),
      );
      expect(container.HostConfig.SecurityOpt).toContain("no-new-privileges");
    });

    test("restarts, logs and is labelled as every container", () => {
      const { RestartPolicy, LogConfig } = container.HostConfig;
      expect(RestartPolicy.Name).toBe(ON_DEMAND.includes(name) ? "no" : EVERY_CONTAINER.restart);
      expect(LogConfig).toEqual({ Type: EVERY_CONTAINER.logDriver, Config: EVERY_CONTAINER.logOpts });
      expect(container.Config.Labels).toMatchObject({
        "dev.vpai.platform": "vpai",
        "dev.vpai.stack": "lab",
        "dev.vpai.host": hostName,
        "dev.vpai.service": name,
      });
    });

    test("is checked by its health command", () => {
      expect(container.Config.Healthcheck.Test).toEqual(["CMD", ...facts.health]);
    });

    test("publishes its public ports on the host's public address, those of the host itself on its loopback, and nothing else", () => {
      const found = Object.entries(container.HostConfig.PortBindings ?? {}).flatMap(([port, bindings]) =>
        bindings.map(({ HostIp, HostPort }) => `${HostIp} ${HostPort} <- ${port}`),
      );
      expect(found.sort()).toEqual(openPorts(facts, host.publicAddress));
    });

    test("sees its data folders and its parts of the host", () => {
      const dataOf = (data: string): string =>
        facts.home === undefined ? `${folder}/data/${data}` : `${facts.home}/data`;
      const seen = new Map(container.Mounts.map(({ Source, Destination, RW }) => [Source, { Destination, RW }]));
      for (const [data, target] of Object.entries(facts.data))
        expect(seen.get(dataOf(data))).toEqual({ Destination: target, RW: true });
      for (const [source, target] of Object.entries(facts.hostMounts))
        expect(seen.get(source)).toEqual({ Destination: target, RW: false });
      const writable = container.Mounts.filter(({ RW }) => RW).map(({ Source }) => Source);
      expect(writable.sort()).toEqual(Object.keys(facts.data).map(dataOf).sort());
    });
  });
});

/** Addresses of the host that ports are published on. The lab has no VPN yet, so those of the VPN address are not. */
const openPorts = ({ published }: ServiceFacts, address: string): string[] =>
  published
    .flatMap((port) => {
      const [, access, hostPort = "", protocol = "", inside = ""] =
        /^(public|host) (\d+)\/(tcp|udp) -> (\d+)$/.exec(port) ?? [];
      const at = access === "public" ? address : "127.0.0.1";
      return access === undefined ? [] : [`${at} ${hostPort} <- ${inside}/${protocol}`];
    })
    .sort();
