import { expectKeptSecrets } from "../../../../commands/recover/kept-secrets";
import { parseStackConfig } from "../../../../config";
import vpai from "../../../../platforms/vpai/platform";
import { PLATFORM, rawConfig } from "../../config/example";

/** A stack of the core and the monitoring, whose state is nowhere. */
const settings = { config: parseStackConfig(rawConfig(), [PLATFORM]), platform: vpai };

const lose =
  (host: string, given: Readonly<Record<string, string>> = {}) =>
  () =>
    expectKeptSecrets({ stack: "prod", host }, settings, {
      given: (name: string) => given[name],
    } as Parameters<typeof expectKeptSecrets>[2]);

test("with the first host, secrets are lost without which its data cannot be read: they are named, and nothing else", () => {
  expect(lose("sese-ai")).toThrow(
    "expected the state of prod, or a copy of it, found none here, and none elsewhere: backupsPassword, n8nEncryptionKey would be made anew",
  );
});

test("those that are given are not missed", () => {
  expect(lose("sese-ai", { backupsPassword: "a" })).toThrow("elsewhere: n8nEncryptionKey would be made anew");
  expect(lose("sese-ai", { backupsPassword: "a", n8nEncryptionKey: "b" })).not.toThrow();
});

test("with another host they are on the first one", () => {
  expect(lose("seko-vpn")).not.toThrow();
});
