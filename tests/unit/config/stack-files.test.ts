import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { readSettings, type StackConfig } from "../../../config";
import { problemsOf } from "../../../model/finding";
import { platformNames } from "../../../platforms";
import { projectRoot } from "../../../toolchain/environment";

interface StackFile {
  readonly config: Readonly<Record<string, unknown>>;
  readonly encryptionsalt?: string;
}

const stackFile = (stack: string) =>
  parse(readFileSync(path.join(projectRoot, `Pulumi.${stack}.yaml`), "utf8")) as StackFile;

/** The settings of a stack's file, read as the program reads them; secrets are its owner's business. */
const settingsOf = (stack: string): StackConfig => {
  const entries = Object.entries(stackFile(stack).config).filter(([key]) => key.startsWith("vpai:"));
  const values = Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  const raw = { stack, values, secretKeys: new Set<string>(), connects: false };
  const { config, problems } = readSettings(raw, platformNames);
  if (!config || problems.length > 0) throw problemsOf(stack, problems);
  return config;
};

/** What tells the hosts apart, as the architecture document of 2026-02-26 gives it. */
const host = (address: string, port: number, vpnAddress: string | undefined, architecture: string) =>
  expect.objectContaining({
    machine: {
      kind: "existing",
      address,
      port,
      user: "mobuone",
      identityFile: "~/.ssh/seko-vpn-deploy",
      ownsKernel: true,
    },
    ...(vpnAddress !== undefined && { vpnAddress }),
    architecture,
  }) as unknown;

it("prod is the three real hosts", () => {
  const config = settingsOf("prod");
  expect(config).toMatchObject({
    domain: "ewutelo.cloud",
    vpnEnforce: true,
    settings: { couchdbVpnEnforce: false, workflows: "keep" },
    tls: "acme-ovh",
  });
  expect(config.hosts).toEqual({
    "sese-ai": host("137.74.114.167", 804, "100.64.0.14", "amd64"),
    "seko-vpn": host("87.106.30.160", 22, undefined, "amd64"),
    workstation: host("192.168.1.8", 22, "100.64.0.1", "arm64"),
  });
  expect(config.hosts["sese-ai"]?.memoryMiB).toBe(8192);
  expect(config.hosts["workstation"]?.memoryMiB).toBe(16384);
});

it("preprod is Sese-AI on a CX23", () => {
  const { hosts } = settingsOf("preprod");
  expect(Object.keys(hosts)).toEqual(["sese-ai"]);
  expect(hosts["sese-ai"]).toMatchObject({
    machine: { kind: "hcloud", serverType: "cx23", image: "debian-13", user: "root" },
    memoryMiB: 4096,
    architecture: "amd64",
  });
});

it("the lab is the three hosts as lab machines", () => {
  const { hosts, domain } = settingsOf("lab");
  expect(domain).toBe("vpai.test");
  expect(Object.entries(hosts).map(([name, { machine }]) => [name, machine.kind])).toEqual([
    ["sese-ai", "lab"],
    ["seko-vpn", "lab"],
    ["workstation", "lab"],
  ]);
});

it.each(["prod", "preprod", "lab"])("every secret in the file of %s is encrypted", (stack) => {
  const secrets = Object.entries(stackFile(stack).config).filter(([key]) => !key.startsWith("vpai:"));
  for (const [key, value] of secrets) {
    expect(key).toMatch(/^(secrets|pulumi):/);
    if (key.startsWith("secrets:")) expect(value).toEqual({ secure: expect.stringMatching(/^v1:/) as unknown });
  }
});

it("only the lab's file comes with its salt, as its passphrase is public", () => {
  expect(stackFile("lab").encryptionsalt).toMatch(/^v1:/);
});
