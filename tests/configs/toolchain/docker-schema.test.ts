import { BUILD_TIMEOUT, compareWithSdk, type Comparison } from "./schema-comparison";

/** Inputs that the plugin has and the SDK lacks: no program can set them. */
const invisible = {
  BuildxBuilder: ["buildxBuilderId?"],
  Container: ["containerId?", "timeouts?"],
  Network: ["networkId?"],
  Plugin: ["pluginId?"],
  RegistryImage: ["registryImageId?", "timeouts?"],
  RemoteImage: ["timeouts?"],
  Secret: ["secretId?"],
  Service: ["serviceId?"],
  ServiceConfig: ["configId?"],
  Tag: ["tagId?"],
  Volume: ["volumeId?"],
  getLogs: ["id?"],
  getRegistryImage: ["id?"],
  getRegistryImageManifests: ["id?"],
  getRemoteImage: ["id?"],
};

describe("the Docker provider that is built here and the npm package @pulumi/docker", () => {
  let found: Comparison;
  beforeAll(async () => {
    found = await compareWithSdk("docker");
  }, BUILD_TIMEOUT);

  it("have the same version", () => {
    expect(found.version).toBe("5.2.0");
  });

  it("have the same resources and functions, but for one that builds images by itself", () => {
    expect(found.served).toEqual([
      ...["BuildxBuilder", "Container", "Network", "Plugin", "Provider", "RegistryImage", "RemoteImage", "Secret"],
      ...["Service", "ServiceConfig", "Tag", "Volume"],
      ...["getLogs", "getNetwork", "getPlugin", "getRegistryImage", "getRegistryImageManifests", "getRemoteImage"],
    ]);
    expect(found.lacking).toEqual(["Image"]);
  });

  it("have the same inputs, required and optional alike", () => {
    expect(found.missingInputs).toEqual([]);
    expect(found.invisibleInputs).toEqual(invisible);
    expect(found.sdk.inputs.get("Container")).toContain("image");
    expect(found.sdk.inputs.get("Container")).toContain("networksAdvanced?");
  });

  it("have the same outputs", () => {
    expect(found.missingOutputs).toEqual([]);
    expect(found.sdk.outputs.get("Container")).toContain("networkDatas");
  });

  it("have the same nested types, but for those that only Image uses", () => {
    expect(found.lackingTypes).toEqual(["CacheFrom", "DockerBuild", "Registry"]);
    // Only the engine fills it in: the SDK makes all of it optional.
    expect(found.missingInTypes.filter((name) => !name.startsWith("ContainerNetworkData."))).toEqual([]);
    expect(found.sdk.nested.get("ContainerUpload")).toContain("permissions?");
  });
});
