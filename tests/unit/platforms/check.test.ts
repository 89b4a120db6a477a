import type { PlatformError } from "../../../platforms/check";
import { checkPlatform, type HostPlan } from "../../../platforms/check";
import { vpai } from "../../../platforms/vpai";
import type { Service } from "../../../services/model";

const service = (over: Partial<Service>): Service => ({
  name: "one",
  group: "core",
  image: "docker.io/library/one:1.0",
  user: { uid: 1, gid: 1 },
  networks: ["backend"],
  port: 80,
  limits: { memoryMiB: 100, cpus: 1 },
  health: { test: ["true"] },
  backup: { kind: "none", reason: "nothing to keep" },
  ...over,
});

const plan = (...services: Service[]): HostPlan => ({
  name: "h",
  host: {
    purpose: "a test",
    groups: ["core"],
    networks: {
      frontend: { subnet: "10.0.0.0/24", internal: false },
      backend: { subnet: "10.0.1.0/24", internal: true },
    },
  },
  services,
  memoryMiB: 1024,
  vpnAddress: "100.64.0.9",
});

const problemsOf = (plans: HostPlan[], vpnEnforce = true): string[] => {
  try {
    checkPlatform(plans, { domain: "a.test", vpnEnforce });
    return [];
  } catch (error) {
    return (error as PlatformError).violations.map(({ place, problem }) => `${place}: ${problem}`);
  }
};

test("the platform as it is has no problem", () => {
  const host = vpai.hosts["sese-ai"]!;
  const whole = { name: "sese-ai", host, services: vpai.services, memoryMiB: 8192, vpnAddress: "100.64.0.14" };
  expect(problemsOf([whole])).toEqual([]);
});

test.each<[string, Service[], string[]]>([
  ["two services of a name", [service({}), service({})], ["one: 2 services of this name"]],
  ["an image without a tag", [service({ image: "ghcr.io/a/b" })], ["h/one: the unpinned image ghcr.io/a/b"]],
  [
    "a moving tag",
    [service({ image: "ghcr.io:443/a/b:latest" })],
    ["h/one: the unpinned image ghcr.io:443/a/b:latest"],
  ],
  ["an unknown need", [service({ needs: ["two"] })], ["h/one: needs two, which this host does not run"]],
  [
    "a cycle",
    [service({ needs: ["two"] }), service({ name: "two", needs: ["one"] })],
    ["h/one: needs itself, by way of others", "h/two: needs itself, by way of others"],
  ],
  ["an unknown network", [service({ networks: ["sandbox"] })], ["h/one: the unknown network sandbox"]],
  [
    "a published port on an internal network",
    [service({ publish: [{ port: 80, hostPort: 80, protocol: "tcp", access: "public" }] })],
    ["h/one: published ports on internal networks only, which Docker never opens"],
  ],
  [
    "a host's port that is published twice",
    ["one", "two"].map((name) =>
      service({
        name,
        networks: ["frontend"],
        publish: [{ port: 80, hostPort: 8080, protocol: "tcp", access: "vpn" }],
      }),
    ),
    ["h/one, h/two: all publish 8080/tcp on the vpn address"],
  ],
  [
    "a hostname that is used twice",
    ["one", "two"].map((name) => service({ name, expose: [{ subdomain: "x", port: 80, access: "public" }] })),
    ["h/one, h/two: all are exposed as x.a.test"],
  ],
  [
    "limits above the host's memory",
    [service({ limits: { memoryMiB: 513, cpus: 1 } })],
    ["h: memory limits of 513 MiB and 512 MiB for the system, on a host with 1024 MiB"],
  ],
])("%s is found", (_what, services, expected) => {
  expect(problemsOf([plan(...services)])).toEqual(expected);
});

test("a VPN-only site needs a VPN address, unless the VPN is not enforced", () => {
  const outside = {
    ...plan(service({ expose: [{ subdomain: "x", port: 80, access: "vpn" }] })),
    vpnAddress: undefined,
  };
  expect(problemsOf([outside])).toEqual(["h/one: a VPN-only site on a host without vpnAddress: nobody could reach it"]);
  expect(problemsOf([outside], false)).toEqual([]);
});

test("all problems come at once, each with its mend", () => {
  const several = plan(service({ image: "a", needs: ["x"] }), service({ name: "two", networks: ["egress"] }));
  expect(problemsOf([several])).toHaveLength(3);
  expect(() => checkPlatform([several], { domain: "a.test", vpnEnforce: true })).toThrow(
    /has 3 problem\(s\)[^]*h\/one\n {4}found: needs x[^]*to do: take x out of needs/,
  );
});
