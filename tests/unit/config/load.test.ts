import * as pulumi from "@pulumi/pulumi";
import { loadStackConfig } from "../../../config";
import { PLATFORM, rawConfig, SECRETS, SETTINGS } from "./example";

const NO_RESOURCES: pulumi.runtime.Mocks = {
  newResource: () => {
    throw new Error("reading config must create no resource");
  },
  call: () => {
    throw new Error("reading config must call no provider");
  },
};

const start = (raw = rawConfig(), preview = false) => {
  void pulumi.runtime.setMocks(NO_RESOURCES, "vpai", "prod", preview);
  pulumi.runtime.setAllConfig({ ...raw.values }, [...raw.secretKeys]);
};

it("gives settings as values, and secrets as secret outputs alone", async () => {
  start();
  const { secrets, ...config } = loadStackConfig([PLATFORM]);
  expect(config).toMatchObject({ domain: "example.org", vpnEnforce: false });
  expect(JSON.stringify(config)).not.toContain(SECRETS.databasePassword);

  const password = secrets["databasePassword"];
  if (password === undefined) throw new Error("expected databasePassword among the secrets");
  expect(await pulumi.isSecret(password)).toBe(true);
  const value = await new Promise((resolve) => password.apply(resolve));
  expect(value).toBe("s3cr3t-of-the-database");
});

it("V1: gives a secret without the line break at its end, and warns of it by name", async () => {
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  start(rawConfig(SETTINGS, { ...SECRETS, databasePassword: "s3cr3t\n" }));
  const password = loadStackConfig([PLATFORM]).secrets["databasePassword"];
  expect(await new Promise((resolve) => password?.apply(resolve))).toBe("s3cr3t");
  expect(warn.mock.calls).toEqual([
    [
      "secrets:databasePassword ends in a line break, which is taken off; " +
        "to write it anew: pulumi config set --stack prod --secret secrets:databasePassword",
    ],
  ]);
  warn.mockRestore();
});

it("names every declared secret, also one that the stack makes", () => {
  start();
  const { secrets } = loadStackConfig([PLATFORM]);
  expect(Object.keys(secrets)).toEqual(["n8nEncryptionKey", "databasePassword", "hcloudToken"]);
  expect(secrets["n8nEncryptionKey"]).toBeUndefined();
});

it("asks the SDK which keys are encrypted", () => {
  start({ ...rawConfig(), secretKeys: new Set(["secrets:databasePassword"]) });
  expect(() => loadStackConfig([PLATFORM])).toThrow(/secrets:hcloudToken\n {4}expected: an encrypted value/);
});

it("needs host keys in an update, not in a preview", () => {
  const machine = { ...SETTINGS.hosts["sese-ai"].machine, hostKey: undefined };
  const hosts = { "sese-ai": { ...SETTINGS.hosts["sese-ai"], machine } };
  const raw = rawConfig({ ...SETTINGS, hosts }, { databasePassword: "x" });
  start(raw, true);
  expect(loadStackConfig([PLATFORM]).hosts["sese-ai"]?.machine.kind).toBe("existing");
  start(raw, false);
  expect(() => loadStackConfig([PLATFORM])).toThrow("vpai:hosts.sese-ai.machine.hostKey");
});

describe("VPAI_SERVICES", () => {
  const startStack = (stack: string) => {
    const raw = rawConfig();
    void pulumi.runtime.setMocks(NO_RESOURCES, "vpai", stack, true);
    pulumi.runtime.setAllConfig({ ...raw.values }, [...raw.secretKeys]);
  };
  const groupsFor = (stack: string, chosen: string) => {
    process.env["VPAI_SERVICES"] = chosen;
    startStack(stack);
    return loadStackConfig([PLATFORM]).services;
  };
  afterEach(() => delete process.env["VPAI_SERVICES"]);

  it.each([
    ["all", ["core", "apps", "monitoring"]],
    ["core, apps", ["core", "apps"]],
    ["", ["core", "monitoring"]],
  ])("chooses the lab's groups: %j", (chosen, expected) => {
    expect(groupsFor("lab", chosen)).toEqual(expected);
  });

  it("changes no other stack", () => expect(groupsFor("prod", "all")).toEqual(["core", "monitoring"]));

  it("refuses an unknown group by name", () =>
    expect(() => groupsFor("lab", "core,aps")).toThrow(/all, or some of core,apps,monitoring; found "core,aps"/));
});
