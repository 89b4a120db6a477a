import { parse } from "yaml";
import { copyFile, readingSecrets } from "../../../../commands/drill/settings";
import { parseStackConfig } from "../../../../config";
import vpai from "../../../../platforms/vpai/platform";
import { PLATFORM, rawConfig } from "../../config/example";

const config = parseStackConfig(rawConfig(), [PLATFORM]);

test("a copy has the same hosts, services and overrides, and nothing by which the stack is known outside", () => {
  const { config: values } = parse(copyFile(config, ["sese-ai", "seko-vpn"])) as { config: Record<string, unknown> };
  expect(values).toEqual({
    "vpai:platform": "vpai",
    "vpai:domain": "drill.test",
    "vpai:tls": "internal",
    "vpai:vpnEnforce": "false",
    "vpai:isolated": "true",
    "vpai:services": ["core", "monitoring"],
    "vpai:overrides": {
      n8n: { memoryMiB: 512, cpus: 0.5, image: "docker.io/n8nio/n8n:2.7.3" },
      redis: { memoryMiB: 64 },
    },
    "vpai:hosts": {
      "sese-ai": { machine: { kind: "lab" }, memoryMiB: 8192, architecture: "amd64", unreachable: "fail" },
      "seko-vpn": { machine: { kind: "lab" }, memoryMiB: 4096, architecture: "amd64", unreachable: "fail" },
    },
  });
  expect(JSON.stringify(values)).not.toMatch(/example\.org|100\.64|192\.0\.2|secret/);
});

test("and is a stack's file that the program takes", () => {
  const { config: values } = parse(copyFile(config, ["sese-ai"])) as { config: Record<string, unknown> };
  const texts = Object.entries(values).map(([key, value]) => [
    key.replace("vpai:", ""),
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const copied = parseStackConfig(
    rawConfig(Object.fromEntries(texts) as Record<string, string>, { databasePassword: "one" }),
    [PLATFORM],
  );
  expect(copied).toMatchObject({ domain: "drill.test", isolated: true, vpnEnforce: false });
});

test("the keys that go along are those without which data cannot be read, and no key to the world", () => {
  expect(readingSecrets(vpai).sort()).toEqual([
    "litellmSaltKey",
    "n8nEncryptionKey",
    "nocodbConnectionKey",
    "sureSecretKeyBase",
  ]);
});
