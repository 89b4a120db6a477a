import { UserError } from "../../../model/finding";
import { checkPlatform } from "../../../platforms/check";
import type { HostPlan } from "../../../platforms/policies";
import vpai from "../../../platforms/vpai/platform";
import type { Service } from "../../../model/service";
import { postgresqlDatabase } from "../../../capabilities/postgresql-database";
import { contextWith } from "../../context";
import { serviceWith as service } from "../../service";
import { plan } from "./plan";

const SECRET = { name: "password", description: "A password", origin: "random" } as const;

const problemsOf = (plans: HostPlan[]): string[] => {
  try {
    checkPlatform(plans);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.findings.map(({ where, found }) => `${where}: ${found}`);
  }
};

test("the platform as it is has no problem", () => {
  const host = vpai.hosts["sese-ai"]!;
  const context = contextWith();
  const { services } = context;
  const whole = { ...plan(), name: "sese-ai", host, services, context, memoryMiB: 8192 };
  expect(problemsOf([whole])).toEqual([]);
});

test("T18: an image that the host's computer cannot be given is found in the check", () => {
  const image = "docker.io/library/redis:8.0.9";
  const host = { ...plan(service({ run: { image } })), hasImage: (reference: string) => reference !== image };
  expect(problemsOf([host])).toEqual([`h/one: ${image}, which its catalogue lacks`]);
});

describe("E4: a computer whose address is a name", () => {
  const publishing = (access: "public" | "vpn"): Service =>
    service({
      run: { networks: ["frontend"], publish: [{ port: 80, hostPort: 80, protocol: "tcp", access }] },
    });

  test("is refused where public ports listen on it", () => {
    expect(problemsOf([{ ...plan(publishing("public")), bindAddress: "host.example.org" }])).toEqual([
      "h: the name host.example.org",
    ]);
  });

  test("is taken where nothing does, or where it has an address to listen on", () => {
    expect(problemsOf([{ ...plan(publishing("vpn")), bindAddress: "host.example.org" }])).toEqual([]);
    expect(problemsOf([{ ...plan(publishing("public")), bindAddress: "10.0.0.4" }])).toEqual([]);
  });
});

describe("a computer that is logged in to by its address in the VPN", () => {
  const VPN = "100.64.0.14";
  const at = (...access: ("public" | "vpn")[]): HostPlan => {
    const ports = { port: 80, hostPort: 80, protocol: "tcp" } as const;
    const publishing = access.map((one, index) => ({ ...ports, port: 80 + index, access: one }));
    const run = { networks: ["frontend"], publish: publishing };
    return { ...plan(service({ run })), bindAddress: VPN, vpnAddress: VPN };
  };

  test("is refused where one port listens for the world and for the VPN", () => {
    expect(problemsOf([at("public", "vpn")])).toEqual([`h: ${VPN} for both`]);
    expect(problemsOf([{ ...at("public", "vpn"), bindAddress: "203.0.113.7" }])).toEqual([]);
  });

  test("is taken where nothing listens on both, as on the workstation", () => {
    expect(problemsOf([at("vpn")])).toEqual([]);
    expect(problemsOf([at("public")])).toEqual([]);
  });
});

test.each<[string, Service[], string[]]>([
  ["two services of a name", [service({}), service({})], ["h/one: more than one service named one"]],
  ["an image without a tag", [service({ run: { image: "ghcr.io/a/b" } })], ["h/one: the unpinned image ghcr.io/a/b"]],
  [
    "a moving tag",
    [service({ run: { image: "ghcr.io:443/a/b:latest" } })],
    ["h/one: the unpinned image ghcr.io:443/a/b:latest"],
  ],
  ["an unknown need", [service({ needs: ["two"] })], ["h/one: needs two, which no host of the stack runs"]],
  [
    "a cycle",
    [service({ needs: ["two"] }), service({ name: "two", needs: ["one"] })],
    ["h/one: a cycle in needs: one needs two needs one", "h/two: a cycle in needs: two needs one needs two"],
  ],
  ["an unknown network", [service({ run: { networks: ["sandbox"] } })], ["h/one: the unknown network sandbox"]],
  [
    "a published port on an internal network",
    [service({ run: { publish: [{ port: 80, hostPort: 80, protocol: "tcp", access: "public" }] } })],
    ["h/one: published ports on internal networks only, which Docker never opens"],
  ],
  [
    "E5: a container port on two addresses, which would replace the container in every run",
    [
      service({
        run: {
          networks: ["frontend"],
          publish: [
            { port: 80, hostPort: 80, protocol: "tcp", access: "public" },
            { port: 80, hostPort: 80, protocol: "udp", access: "public" },
            { port: 80, hostPort: 80, protocol: "tcp", access: "vpn" },
          ],
        },
      }),
    ],
    ["h/one: 80/tcp, which is published on two addresses"],
  ],
  [
    "a server of others' data that the world reaches",
    [
      service({
        offers: [{ capability: "a drawer", offer: {}, guarded: true, secrets: [] }],
        run: {
          networks: ["frontend"],
          publish: [
            { port: 5432, hostPort: 5432, protocol: "tcp", access: "public" },
            { port: 5433, hostPort: 5432, protocol: "tcp", access: "vpn" },
          ],
        },
      }),
    ],
    ["h/one: port 5432/tcp published on the public address"],
  ],
  [
    "a host's port that is published twice",
    ["one", "two"].map((name) =>
      service({
        name,
        run: {
          networks: ["frontend"],
          publish: [{ port: 80, hostPort: 8080, protocol: "tcp", access: "vpn" }],
        },
      }),
    ),
    ["h/one, h/two: 8080/tcp on the vpn address is published more than once"],
  ],
  [
    "a hostname that is used twice",
    ["one", "two"].map((name) => service({ name, expose: [{ subdomain: "x", port: 80, access: "public" }] })),
    ["h/one, h/two: more than one site is x.a.test"],
  ],
  [
    "limits above the host's memory",
    [service({ limits: { memoryMiB: 513, cpus: 1 } })],
    ["h: memory limits of 513 MiB and 512 MiB for the system, on a host with 1024 MiB"],
  ],
  [
    "a database of two",
    [
      service({ name: "server", offers: [postgresqlDatabase.offer({ superuser: "s", password: SECRET })] }),
      ...["one", "two"].map((name) =>
        service({ name, uses: [postgresqlDatabase.request({ name: "d", role: name, password: SECRET })] }),
      ),
    ],
    ["h/one, h/two: the database d in server on h belongs to more than one service"],
  ],
  [
    "a part of a hostname that is used twice",
    ["one", "two"].map((name) =>
      service({ name, expose: [{ subdomain: "x", path: "/a/*", port: 80, access: "public" }] }),
    ),
    ["h/one, h/two: more than one site is x.a.test/a/*"],
  ],
  [
    "an image for another processor",
    [service({ run: { architectures: ["arm64"] } })],
    ["h/one: docker.io/library/one:1.0 exists for arm64, and h is amd64"],
  ],
  [
    "data without a backup that says why",
    [service({ data: [{ path: "/d", backup: { kind: "none", reason: "" } }] })],
    ["h/one: data in /d without a complete backup declaration"],
  ],
  [
    "a secret's file that nobody declares, in a file",
    [service({ files: () => [{ path: "/etc/one", content: "key_file = /run/secrets/key\n" }] })],
    ["h/one: reads /run/secrets/key, an undeclared secret"],
  ],
  [
    "a secret without a declaration",
    [service({ secrets: { key: { secret: undefined as never } } })],
    ["h/one: reads /run/secrets/key, an undeclared secret"],
  ],
  [
    "an exported secret of an unknown program",
    [service({ secrets: { key: { secret: SECRET, exported: "KEY" } } })],
    ["h/one: exports the secret key, and has no entrypoint"],
  ],
  [
    "two declarations of a secret",
    [
      service({ secrets: { key: { secret: SECRET } } }),
      service({ name: "two", secrets: { key: { secret: { ...SECRET, length: 8 } } } }),
    ],
    ["h/one, h/two: different declarations of the secret password"],
  ],
  [
    "a site without access",
    [service({ expose: [{ subdomain: "x", port: 80, access: undefined as never }] })],
    ["h/one: x.a.test without saying who may come in: access is missing"],
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
  expect(problemsOf([{ ...outside, context: { ...outside.context, vpnEnforce: false } }])).toEqual([]);
});

test("an ACME server that asks sites itself reaches no VPN-only one, unless the VPN is not enforced", () => {
  const inside = plan(service({ expose: [{ subdomain: "x", port: 80, access: "vpn" }] }));
  const found = (context: object) =>
    problemsOf([{ ...inside, context: { ...inside.context, tls: "acme", ...context } }]);
  expect(found({})).toEqual(["h/one: a VPN-only one, x.a.test"]);
  expect(found({ vpnEnforce: false })).toEqual([]);
  expect(found({ tls: "acme-ovh" })).toEqual([]);
});

test("what is right twice is no problem: a shared declaration, two parts of a hostname, a declared and read secret", () => {
  const both = ["one", "two"].map((name) =>
    service({
      name,
      expose: [{ subdomain: "x", path: `/${name}`, port: 80, access: "public" }],
      secrets: { key: { secret: SECRET, variable: "KEY_FILE" } },
      environment: () => ({ OTHER_KEY_FILE: "/run/secrets/key" }),
      data: [{ path: "/d", backup: { kind: "files" } }],
    }),
  );
  expect(problemsOf([plan(...both)])).toEqual([]);
});

test("all problems come at once, each with its mend", () => {
  const several = plan(
    service({ run: { image: "a" }, needs: ["x"] }),
    service({ name: "two", run: { networks: ["egress"] } }),
  );
  expect(problemsOf([several])).toHaveLength(3);
  expect(() => checkPlatform([several])).toThrow(
    /has 3 problems:[^]*h\/one\n {4}expected: services that are in the stack\n {4}found: {4}needs x[^]*to do: {4}take x out of needs/,
  );
});
