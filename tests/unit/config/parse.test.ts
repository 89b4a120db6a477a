import { RunError } from "@pulumi/pulumi";
import { parseStackConfig } from "../../../config";
import { HOST_KEY, PLATFORM, rawConfig, SECRETS, SETTINGS } from "./example";
import { errorOf, keysOf, problemsOf } from "./problems-of";

const { hosts } = SETTINGS;
const sese = hosts["sese-ai"];

describe("a right config", () => {
  it("is read whole", () => {
    const { couchdbVpnEnforce, workflows, ...own } = SETTINGS;
    expect([couchdbVpnEnforce, workflows]).toEqual(["true", "overwrite"]);
    expect(parseStackConfig(rawConfig(), [PLATFORM])).toEqual({
      ...own,
      vpnEnforce: false,
      adopt: true,
      isolated: true,
      keptReleases: 3,
      registries: {},
      rotating: {},
      settings: { couchdbVpnEnforce: true, workflows: "overwrite" },
    });
  });

  it("gets the defaults that fail closed", () => {
    const config = parseStackConfig(
      rawConfig({
        platform: "vpai",
        domain: "example.org",
        tls: "internal",
        hosts: {
          "sese-ai": {
            machine: { kind: "existing", address: "a.example.org", user: "u", hostKey: HOST_KEY },
            memoryMiB: 6,
            architecture: "arm64",
          },
          "seko-vpn": {
            machine: { kind: "hcloud", serverType: "cx23", location: "nbg1", image: "debian-13" },
            memoryMiB: 4096,
            architecture: "amd64",
          },
        },
      }),
      [PLATFORM],
    );
    expect(config).toMatchObject({
      vpnEnforce: true,
      settings: { couchdbVpnEnforce: false, workflows: "keep" },
      adopt: false,
      isolated: false,
      keptReleases: 5,
      neverBanned: [],
      overrides: {},
      services: ["core", "apps", "monitoring"],
    });
    expect(config.hosts["sese-ai"]?.machine).toMatchObject({ port: 22 });
    expect(config.hosts["seko-vpn"]?.machine).toMatchObject({ user: "root", allowSshFrom: ["0.0.0.0/0", "::/0"] });
  });

  it("may leave hosts out, and keys of the engine in", () => {
    const raw = rawConfig({ ...SETTINGS, hosts: { workstation: hosts.workstation } }, { databasePassword: "x" });
    const values = { ...raw.values, "pulumi:disable-default-providers": "[]" };
    expect(Object.keys(parseStackConfig({ ...raw, values }, [PLATFORM]).hosts)).toEqual(["workstation"]);
  });
});

describe("a wrong config", () => {
  it("ends in one error with every problem, each with key, expectation, finding and what to do", () => {
    const error = errorOf(
      rawConfig(
        {
          ...SETTINGS,
          domain: "not a domain",
          vpnEnforec: "true",
          hosts: {
            ...hosts,
            "sese-ai": { ...sese, machine: { ...sese.machine, port: "eight", hostkey: "x" } },
            "seko-vpm": {},
          },
        },
        { databasePasswort: "s3cr3t" },
      ),
    );
    expect(RunError.isInstance(error)).toBe(true);
    expect(error.message).toBe(
      `The config of stack prod has 7 problems:

  vpai:domain
    expected: a domain name in lower case, such as ewutelo.cloud
    found:    "not a domain"
    to do:    pulumi config set --stack prod 'vpai:domain' <value>, or edit Pulumi.prod.yaml

  vpai:hosts.sese-ai.machine.port
    expected: a port: a whole number from 1 to 65535
    found:    "eight"
    to do:    pulumi config set --stack prod --path 'vpai:hosts.sese-ai.machine.port' <value>, or edit Pulumi.prod.yaml

  vpai:hosts.sese-ai.machine.hostkey
    expected: a key that this program knows
    found:    an unknown key
    to do:    rename it to hostKey, or remove it

  vpai:hosts.seko-vpm
    expected: a key that this program knows
    found:    an unknown key
    to do:    rename it to seko-vpn, or remove it

  vpai:vpnEnforec
    expected: a key that this program knows
    found:    an unknown key
    to do:    rename it to vpnEnforce, or remove it

  secrets:databasePasswort
    expected: a secret that the platform declares
    found:    an unknown name
    to do:    rename it to databasePassword, or remove it: pulumi config rm --stack prod secrets:databasePasswort

  secrets:databasePassword
    expected: Password of the database, one word
    found:    nothing
    to do:    make secrets STACK=prod
`,
    );
  });

  it.each([
    ["an unknown platform", { platform: "aini" }, "vpai:platform"],
    ["an unknown certificate issuer", { tls: "none" }, "vpai:tls"],
    ["a flag that is no flag", { vpnEnforce: "yes" }, "vpai:vpnEnforce"],
    ["text in place of structure", { hosts: "[" }, "vpai:hosts"],
    ["a list in place of structure", { hosts: [] }, "vpai:hosts"],
    ["no host", { hosts: {} }, "vpai:hosts"],
    ["an unknown service", { overrides: { n9n: {} } }, "vpai:overrides.n9n"],
    ["an image without a tag", { overrides: { n8n: { image: "docker.io/n8nio/n8n" } } }, "vpai:overrides.n8n.image"],
    [
      "an unknown machine",
      { hosts: { workstation: { ...hosts.workstation, machine: { kind: "aws" } } } },
      "vpai:hosts.workstation.machine.kind",
    ],
    [
      "an unknown key named __proto__",
      { overrides: JSON.parse('{"n8n":{"__proto__":1}}') as object },
      "vpai:overrides.n8n.__proto__",
    ],
    [
      "a wrong element of a list",
      {
        hosts: {
          "seko-vpn": {
            ...hosts["seko-vpn"],
            machine: { ...hosts["seko-vpn"].machine, allowSshFrom: ["198.51.100.0/24", "all"] },
          },
        },
      },
      "vpai:hosts.seko-vpn.machine.allowSshFrom[1]",
    ],
    [
      "two hosts at one VPN address",
      { hosts: { ...hosts, workstation: { ...hosts.workstation, vpnAddress: "100.64.0.14" } } },
      "vpai:hosts.workstation.vpnAddress",
    ],
    [
      "two hosts behind one SSH server",
      { hosts: { ...hosts, workstation: { ...hosts.workstation, machine: sese.machine } } },
      "vpai:hosts.workstation.machine.address",
    ],
  ])("names the key of %s", (_what, change, key) => {
    expect(keysOf(rawConfig({ ...SETTINGS, ...change }))).toContain(key);
  });

  it("quotes the kind of an unknown machine, not the machine", () => {
    const change = { hosts: { workstation: { ...hosts.workstation, machine: { kind: "aws", user: "u" } } } };
    expect(problemsOf(rawConfig({ ...SETTINGS, ...change }))[0]).toMatchObject({
      expected: "existing, lab or hcloud",
      found: '"aws"',
    });
  });

  it("refuses a namespace that nothing reads, without its value", () => {
    const raw = rawConfig();
    const error = errorOf({ ...raw, values: { ...raw.values, "hcloud:token": "s3cr3t-token" } });
    expect(error.findings.map(({ where }) => where)).toEqual(["hcloud:token"]);
    expect(error.message).not.toContain("s3cr3t-token");
  });

  it("shows nothing of an encrypted setting", () => {
    const raw = rawConfig({ ...SETTINGS, domain: "s3cr3t domain", hosts: '{"s3cr3t' });
    const error = errorOf({ ...raw, secretKeys: new Set([...raw.secretKeys, "vpai:domain", "vpai:hosts"]) });
    expect(error.findings.map(({ where }) => where)).toEqual(["vpai:domain", "vpai:hosts"]);
    expect(error.message).not.toContain("s3cr3t");
  });
});

describe("host keys", () => {
  const machine = { ...sese.machine, hostKey: undefined };
  const settings = { ...SETTINGS, hosts: { "sese-ai": { ...sese, machine } } };
  const secrets = { databasePassword: "x" };

  it("may be missing where no host is connected to", () => {
    const config = parseStackConfig(rawConfig(settings, secrets, false), [PLATFORM]);
    expect(config.hosts["sese-ai"]?.machine).not.toHaveProperty("hostKey");
  });

  it("are needed to connect, and the error says how to get and check one", () => {
    const [problem] = problemsOf(rawConfig(settings, secrets));
    expect(problem?.where).toBe("vpai:hosts.sese-ai.machine.hostKey");
    expect(problem?.mend).toContain("ssh-keyscan -t ed25519 -p 804 192.0.2.1");
    expect(problem?.mend).toContain("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
  });
});

describe("secrets", () => {
  it("are refused in plain text", () => {
    const error = errorOf({ ...rawConfig(), secretKeys: new Set(["secrets:hcloudToken"]) });
    expect(error.findings).toHaveLength(1);
    expect(error.findings[0]).toMatchObject({ where: "secrets:databasePassword", expected: "an encrypted value" });
    expect(error.message).toContain("pulumi config set --stack prod --secret secrets:databasePassword");
    expect(error.message).not.toContain(SECRETS.databasePassword);
  });

  it.each([
    ["a value against its rule", "s3cr3t word", "expected one word, found a blank"],
    ["V1: a line break in it", "s3cr3t\nline", "expected one line, found a line break in it"],
    ["an empty value", "", "it is empty"],
  ])("are refused with %s", (_what, databasePassword, fault) => {
    const error = errorOf(rawConfig(SETTINGS, { ...SECRETS, databasePassword }));
    expect(error.findings).toEqual([expect.objectContaining({ where: "secrets:databasePassword" })]);
    expect(error.message).toContain(fault);
    expect(error.message).not.toContain("s3cr3t");
  });

  it("are asked for only where they are needed", () => {
    const lab = { ...SETTINGS, hosts: { workstation: hosts.workstation } };
    expect(() => parseStackConfig(rawConfig(lab, { databasePassword: "x" }), [PLATFORM])).not.toThrow();
    expect(keysOf(rawConfig(SETTINGS, { databasePassword: "x" }))).toEqual(["secrets:hcloudToken"]);
  });
});
