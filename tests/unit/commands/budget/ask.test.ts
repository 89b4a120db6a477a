import { proxyAmong, questionFor } from "../../../../commands/budget/ask";
import type { DeployedHost } from "../../../../commands/stack/hosts";

test.each([
  [undefined, ""],
  ["", ""],
  ["on", "eco on"],
  ["off", "eco off"],
])("ECO=%s asks %j", (eco, question) => expect(questionFor(eco)).toBe(question));

test.each(["ON", "yes", "off; reboot"])("ECO=%s is refused, and what may be said is named", (eco) => {
  expect(() => questionFor(eco)).toThrow(`expected ECO=on, ECO=off, or no ECO, which only tells; found "${eco}"`);
});

const host = (services: DeployedHost["services"]): DeployedHost => ({
  connection: { host: "192.0.2.1", port: 22, user: "root", privateKey: "", hostKey: "" } as never,
  publicAddress: "192.0.2.1",
  services,
});

test("the proxy is found on whichever host runs it, and is missed where none does", () => {
  const one = host({});
  const two = host({ litellm: { container: "vpai_litellm", image: "", urls: [] } });
  expect(proxyAmong({ one, two })).toEqual({ host: two, container: "vpai_litellm" });
  expect(() => proxyAmong({ one })).toThrow(/expected a host that runs litellm, found none/);
});
