import { readSettings } from "../../../../../../config/parse";
import { namesOf } from "../../../../../../platforms";
import vpai from "../../../../../../platforms/vpai/platform";
import { devicesOf, HOST_NODES } from "../../../../../../platforms/vpai/services/headscale/devices";
import { rawConfig } from "../../../../config/example";

const STACK = {
  platform: "vpai",
  domain: "example.org",
  tls: "internal",
  hosts: { workstation: { machine: { kind: "lab" }, memoryMiB: 4096, architecture: "amd64" } },
};

/** Devices of a stack whose file says so, or what is wrong with what it says. */
function read(given: object): unknown {
  const { config, problems } = readSettings(rawConfig({ ...STACK, ...given }, {}), [namesOf(vpai)]);
  if (config !== undefined) return devicesOf(config.settings);
  return problems.map(({ where, expected, found, mend }) => [where, expected, found, mend]);
}

test("none is the default, and each has its user", () => {
  expect(read({})).toEqual([]);
  expect(read({ devices: { laptop: "operators", "phone-2": "people" } })).toEqual([
    ["laptop", "operators"],
    ["phone-2", "people"],
  ]);
});

const NAME = "a device's name: a DNS label in lower case, at most 63 letters, digits and -, such as laptop";

test.each(["Laptop", "my laptop", "-laptop", "laptop-", "a.b", "l".repeat(64), ""])("%j is no name", (name) => {
  const where = name === "" ? "vpai:devices." : `vpai:devices.${name}`;
  expect(read({ devices: { [name]: "people" } })).toEqual([
    [where, NAME, JSON.stringify(name), "rename it, or remove it"],
  ]);
});

test.each(["sese", "seko", "workstation-pi"])("%s is a host's node", (name) => {
  expect(Object.values(HOST_NODES)).toContain(name);
  expect(read({ devices: { [name]: "people" } })).toEqual([
    [
      `vpai:devices.${name}`,
      "a device's name that is no host's node in the VPN (sese, seko, workstation-pi)",
      JSON.stringify(name),
      "rename it, or remove it",
    ],
  ]);
});

test.each(["hosts", "People", "", 7, null])("%j is no user of devices", (user) => {
  expect(read({ devices: { laptop: user } })).toEqual([
    [
      "vpai:devices.laptop",
      "the device's user: people or operators",
      JSON.stringify(user),
      "pulumi config set --stack prod --path 'vpai:devices.laptop' <value>, or edit Pulumi.prod.yaml",
    ],
  ]);
});

const DEVICES = "devices by name, each with its user, such as { laptop: operators, phone: people }";

test.each([
  [["laptop"], DEVICES, '["laptop"]'],
  ["laptop", `${DEVICES}, written as YAML structure (JSON)`, '"laptop"'],
])("%j is no list of devices", (value, expected, found) => {
  expect(read({ devices: value })).toEqual([["vpai:devices", expected, found, expect.any(String)]]);
});
