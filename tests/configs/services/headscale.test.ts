import { contextOf, hostViews } from "../../../platforms/contexts";
import vpai from "../../../platforms/vpai/platform";
import headscale from "../../../platforms/vpai/services/headscale";
import { STACK } from "../../context";
import { ServiceContainer } from "./service-container";

jest.setTimeout(1_200_000);

const ADDRESSES: Readonly<Record<string, string>> = {
  "sese-ai": "100.64.0.14",
  "seko-vpn": "100.64.0.9",
  workstation: "100.64.0.1",
};
const views = hostViews(vpai).map((view) => ({ ...view, vpnAddress: ADDRESSES[view.name] }));
const container = new ServiceContainer(headscale, contextOf("seko-vpn", STACK, views), "headscale");

const POLICY = "/etc/headscale/policy.json";
const checkOf = (path: string): readonly string[] =>
  headscale.files?.(contextOf("seko-vpn", STACK, views)).find((file) => file.path === path)?.validate ?? [];

beforeAll(() => container.start({}, "/var/lib/headscale"));
afterAll(() => container.remove());

test("the service runs with its policy, not without one", () => {
  const { code, stdout, stderr } = container.run(["/ko-app/headscale", "policy", "get"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(JSON.parse(stdout)).toMatchObject({ hosts: { "sese-ai": "100.64.0.14/32" } });
});

test("Headscale accepts its configuration", async () => expect(await container.validate()).toMatchObject({ code: 0 }));

test("Headscale accepts the policy", async () =>
  expect(await container.runOnce(checkOf(POLICY))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("valid") as unknown,
  }));

test.each([
  [
    "a host that is not declared",
    (text: string) => text.replace('"sese-ai:80,443"', '"nobody:443"'),
    /Host "nobody" is not defined/,
  ],
  ["a user without @", (text: string) => text.replaceAll('"people@"', '"people"'), /Host "people" is not defined/],
  ["what is no policy", () => "{", /unexpected|parsing/i],
])("the check of the policy refuses %s", async (_what, change, reason) => {
  const { code, stderr, stdout } = await container.runOnce(checkOf(POLICY), container.files(change));
  expect([code, `${stdout}${stderr}`]).toEqual([1, expect.stringMatching(reason)]);
});
