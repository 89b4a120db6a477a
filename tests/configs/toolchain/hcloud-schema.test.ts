import { BUILD_TIMEOUT, compareWithSdk, type Comparison } from "./schema-comparison";

/** What npm @pulumi/hcloud 1.41.0 has since Terraform provider versions after the 1.60.1 that is built. */
const NEWER = {
  // 1.60.1 wants both.
  inputs: ["PrimaryIp.assigneeType?", "PrimaryIp.autoDelete?"],
  outputs: ["deprecationAnnounced", "isDeprecated", "unavailableAfter"].map((name) => `getLoadBalancerType.${name}`),
  types: ["LoadBalancerServiceHttp.timeoutIdle?", "ServerNetwork.networkId?", "ServerNetwork.subnetId?"],
};

/** Nested types that only the provider fills in: the SDK makes all of them optional. */
const READ_ONLY = /^(GetFirewallApplyTo|GetServerNetwork)\./;

describe("the Hetzner provider that is built here and the npm package @pulumi/hcloud", () => {
  let found: Comparison;
  beforeAll(async () => {
    found = await compareWithSdk("hcloud");
  }, BUILD_TIMEOUT);

  it("have the same version", () => {
    expect(found.version).toBe("1.41.0");
  });

  it("have the same 29 resources, and the same functions", () => {
    const resources = found.served.filter((name) => /^[A-Z]/.test(name) && name !== "Provider");
    expect(resources).toEqual([
      ...["Certificate", "Firewall", "FirewallAttachment", "FloatingIp", "FloatingIpAssignment", "LoadBalancer"],
      ...["LoadBalancerNetwork", "LoadBalancerService", "LoadBalancerTarget", "ManagedCertificate", "Network"],
      ...[
        "NetworkRoute",
        "NetworkSubnet",
        "PlacementGroup",
        "PrimaryIp",
        "Rdns",
        "Server",
        "ServerNetwork",
        "Snapshot",
      ],
      ...["SshKey", "StorageBox", "StorageBoxSnapshot", "StorageBoxSubaccount", "UploadedCertificate", "Volume"],
      ...["VolumeAttachment", "Zone", "ZoneRecord", "ZoneRrset"],
    ]);
    expect(resources).toHaveLength(29);
    expect(found.served.filter((name) => name.startsWith("get"))).toHaveLength(42);
    expect(found.lacking).toEqual([]);
  });

  it("have the same inputs, required and optional alike, but for newer ones", () => {
    expect(found.missingInputs).toEqual(NEWER.inputs);
    // What only the plugin has is an alias of the id, or belongs to Terraform alone; and what is stricter above.
    const known = /^(\w+Id\?|id\?|timeouts\?|assigneeType|autoDelete)$/;
    expect(Object.values(found.invisibleInputs).flatMap((names) => names.filter((name) => !known.test(name)))).toEqual(
      [],
    );
    expect([...(found.sdk.inputs.get("Server") ?? [])].sort()).toEqual([
      ...["allowDeprecatedImages?", "backups?", "datacenter?", "deleteProtection?", "firewallIds?"],
      ...["ignoreRemoteFirewallIds?", "image?", "iso?", "keepDisk?", "labels?", "location?", "name?", "networks?"],
      ...["placementGroupId?", "publicNets?", "rebuildProtection?", "rescue?", "serverType", "shutdownBeforeDeletion?"],
      ...["sshKeys?", "userData?"],
    ]);
  });

  it("have the same outputs, but for newer ones", () => {
    expect(found.missingOutputs).toEqual(NEWER.outputs);
    expect(found.sdk.outputs.get("Server")).toContain("ipv4Address");
  });

  it("have the same nested types, but for newer properties", () => {
    expect(found.lackingTypes).toEqual([]);
    expect(found.missingInTypes.filter((name) => !READ_ONLY.test(name))).toEqual(NEWER.types);
    expect(found.sdk.nested.get("FirewallRule")).toContain("sourceIps?");
  });
});
