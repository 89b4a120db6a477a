import { EVERY_CONTAINER, type ServiceFacts } from "../../facts/form";
import { SESE_AI } from "../../facts/sese-ai";
import type { LabHost } from "../harness/host";
import { sharedLabOfAll } from "../harness/shared";

/** What Docker says of each container on the host, against the table that was typed in from the sources. */

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

let host: LabHost;
beforeAll(async () => {
  host = await (await sharedLabOfAll()).host("sese-ai");
}, 2_700_000);

test("the host runs the services of the table and no others", async () => {
  const names = (await host.docker("ps", "--all", "--format", "{{.Names}}")).split("\n").sort();
  expect(names).toEqual(
    Object.keys(SESE_AI)
      .map((name) => `vpai_${name}`)
      .sort(),
  );
});

describe.each(Object.entries(SESE_AI))("%s", (name, facts) => {
  let container: Inspected;
  beforeAll(async () => {
    container = (JSON.parse(await host.docker("inspect", `vpai_${name}`)) as [Inspected])[0];
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
      NanoCpus: Math.round(facts.cpus * 1e9),
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
    expect(RestartPolicy.Name).toBe(EVERY_CONTAINER.restart);
    expect(LogConfig).toEqual({ Type: EVERY_CONTAINER.logDriver, Config: EVERY_CONTAINER.logOpts });
    expect(container.Config.Labels).toMatchObject({
      "dev.vpai.platform": "vpai",
      "dev.vpai.stack": "lab",
      "dev.vpai.host": "sese-ai",
      "dev.vpai.service": name,
    });
  });

  test("is checked by its health command", () => {
    expect(container.Config.Healthcheck.Test).toEqual(["CMD", ...facts.health]);
  });

  test("publishes its public ports on the host's public address, and nothing else", () => {
    const found = Object.entries(container.HostConfig.PortBindings ?? {}).flatMap(([port, bindings]) =>
      bindings.map(({ HostIp, HostPort }) => `${HostIp} ${HostPort} <- ${port}`),
    );
    expect(found.sort()).toEqual(publicPorts(facts, host.publicAddress));
  });

  test("sees its data folders and its parts of the host", () => {
    const seen = new Map(container.Mounts.map(({ Source, Destination, RW }) => [Source, { Destination, RW }]));
    for (const [folder, target] of Object.entries(facts.data))
      expect(seen.get(`/opt/vpai/data/${folder}`)).toEqual({ Destination: target, RW: true });
    for (const [source, target] of Object.entries(facts.hostMounts))
      expect(seen.get(source)).toEqual({ Destination: target, RW: false });
    const writable = container.Mounts.filter(({ RW }) => RW).map(({ Source }) => Source);
    expect(writable.sort()).toEqual(
      Object.keys(facts.data)
        .map((folder) => `/opt/vpai/data/${folder}`)
        .sort(),
    );
  });
});

/** The lab has no VPN yet, so ports of the VPN address are not published: `public 80/tcp -> 80` is what is left. */
const publicPorts = ({ published }: ServiceFacts, address: string): string[] =>
  published
    .flatMap((port) => {
      const [, hostPort, protocol, inside] = /^public (\d+)\/(tcp|udp) -> (\d+)$/.exec(port) ?? [];
      return hostPort === undefined ? [] : [`${address} ${hostPort} <- ${inside ?? ""}/${protocol ?? ""}`];
    })
    .sort();
