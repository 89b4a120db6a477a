import { headscaleDevice } from "../../../../capabilities/headscale";
import {
  type Device,
  deviceNamed,
  devicesIn,
  joinCommand,
  minuteOf,
  reportOf,
} from "../../../../commands/vpn-key/devices";
import { serviceWith } from "../../../service";

const DEVICES: Device[] = [
  { name: "laptop", user: "operators", isUp: true },
  { name: "phone", user: "people", isUp: true },
  { name: "tablet", user: "people", isUp: false },
];

test("the devices of the stack's file, and whether the stack was brought up with each of them", () => {
  const uses = [
    headscaleDevice.request({ node: "laptop", user: "operators" }),
    headscaleDevice.request({ node: "phone", user: "people" }),
    headscaleDevice.request({ node: "tablet", user: "people" }),
  ];
  const state = (node: string, user: string) => ({
    ...{ urn: `urn:${node}`, type: "pulumi-nodejs:dynamic/vpai/headscale:Device", inputs: { node, user } },
  });
  const hosts = {
    one: { services: [serviceWith({ name: "other" })], isLab: true, vpnAddress: undefined },
    two: { services: [serviceWith({ name: "headscale", uses })], isLab: true, vpnAddress: undefined },
  };
  // The phone was an operator's when it was brought up.
  const states = [state("laptop", "operators"), state("phone", "operators")];
  expect(devicesIn({ hosts, states })).toEqual([
    { name: "laptop", user: "operators", isUp: true },
    { name: "phone", user: "people", isUp: false },
    { name: "tablet", user: "people", isUp: false },
  ]);
});

test("a key is for a device that is declared and brought up", () => {
  expect(deviceNamed("phone", DEVICES, "prod")).toEqual({ name: "phone", user: "people", isUp: true });
  expect(() => deviceNamed("tv", DEVICES, "prod")).toThrow(
    'expected DEVICE= a device of vpai:devices (laptop, phone, tablet), found "tv": declare it in Pulumi.prod.yaml with its ' +
      "user, people or operators, and run `make up STACK=prod` first",
  );
  expect(() => deviceNamed("tv", [], "lab")).toThrow("a device of vpai:devices (none is declared), found");
  expect(() => deviceNamed("tablet", DEVICES, "prod")).toThrow(
    "expected tablet of people to be brought up, found it in vpai:devices of the stack's file alone: run `make up STACK=prod` first",
  );
});

test("the command names Headscale's site, the key, and what the device is called", () => {
  expect(joinCommand("https://singa.example.org", "abc", { name: "laptop" })).toBe(
    "tailscale up --login-server=https://singa.example.org --auth-key=abc --hostname=laptop",
  );
});

test("a moment is told to the minute", () => {
  expect(minuteOf("2026-11-29T10:04:59.123456789Z")).toBe("2026-11-29 10:04 UTC");
});

const node = (user: string, name: string, address: string, online: boolean, expires?: string) => ({
  ...{ user, name, addresses: [address, "fd7a::1"], online, expires },
});

test("the table has each device, and the nodes that nobody declared", () => {
  const nodes = [
    node("hosts", "sese", "100.64.0.14", true),
    node("operators", "laptop", "100.64.0.3", true, "2026-11-29T10:00:00Z"),
    node("operators", "phone", "100.64.0.4", false),
    node("", "stranger", "100.64.0.5", false),
  ];
  const declared = new Map([
    ["sese", "hosts"],
    ["laptop", "operators"],
    ["phone", "people"],
  ]);
  expect(reportOf(DEVICES, nodes, declared).split("\n")).toEqual([
    "device  user       joined                  address     online  expires",
    "------  ---------  ----------------------  ----------  ------  --------------------",
    "laptop  operators  yes                     100.64.0.3  yes     2026-11-29 10:00 UTC",
    "phone   people     as a node of operators  100.64.0.4  no      never",
    "tablet  people     not brought up",
    "",
    "Nodes that nobody declared:",
    "node      user    address     online  expires",
    "--------  ------  ----------  ------  -------",
    "stranger  nobody  100.64.0.5  no      never",
  ]);
});

test("where nothing is declared, where it would be is told", () => {
  expect(reportOf([], [], new Map())).toBe(
    "No device is declared: vpai:devices of the stack's file has each with its user.",
  );
});
