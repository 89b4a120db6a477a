import { ENGINE_SETTINGS } from "../../../../../model/hardening/engine";
import { notInForce } from "../../../../../providers/docker/engine/in-force";
import { ScriptedHost } from "../../scripted-host";

const INFO = {
  ServerVersion: "29.1.3",
  LoggingDriver: "json-file",
  LiveRestoreEnabled: true,
  SecurityOptions: ["name=seccomp,profile=builtin", "name=no-new-privileges"],
  DefaultAddressPools: [
    { Base: "172.17.0.0/16", Size: 16 },
    { Base: "172.29.0.0/16", Size: 24 },
  ],
};

const found = (info: object, proxies = 0): Promise<string[]> =>
  notInForce(new ScriptedHost(() => `${JSON.stringify({ ...INFO, ...info })}\n${proxies}\n`), ENGINE_SETTINGS);

const pools = (...pairs: [string, number][]) => ({
  DefaultAddressPools: pairs.map(([Base, Size]) => ({ Base, Size })),
});

test.each([
  ["everything as it should be", {}, []],
  ["Docker 29 after a reload, which tells no bases", pools(["", 16], ["", 24]), []],
  ["pools of other sizes", pools(["", 16], ["", 20]), ["default-address-pools"]],
  ["another pool", pools(["172.17.0.0/16", 16], ["10.0.0.0/8", 24]), ["default-address-pools"]],
  ["no pools at all", { DefaultAddressPools: null }, ["default-address-pools"]],
  ["containers that end with the engine", { LiveRestoreEnabled: false }, ["live-restore"]],
  ["an engine that says nothing of itself", { ServerVersion: "" }, ["engine"]],
])("%s", async (_what, info, expected) => {
  expect(await found(info)).toEqual(expected);
});

test("a proxy that runs is a setting that is not in force", async () => {
  expect(await found({}, 2)).toEqual(["userland-proxy"]);
});
