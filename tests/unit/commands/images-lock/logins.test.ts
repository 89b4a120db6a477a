import { writeFileSync } from "node:fs";
import path from "node:path";
import { FakeRegistry } from "../../images/fake-registry";
import { fake } from "../fake-pulumi";
import { askRegistry } from "../../../../commands/images-lock/ask";
import { stackLogins } from "../../../../commands/images-lock/logins";

/** The lock's client logs in with what a stack declares, at a real server that wants a login. */

const PASSWORD = "pa:ss wörd canary";
/** `mobutoo:pa:ss wörd canary` in base64. */
const BASIC = "bW9idXRvbzpwYTpzcyB3w7ZyZCBjYW5hcnk=";

let registry: FakeRegistry;
let name: string;
beforeAll(async () => {
  registry = await FakeRegistry.start();
  name = registry.endpoint.replace("http://", "");
});
beforeEach(() => {
  registry.reset();
  registry.demands = "basic";
  registry.login = BASIC;
  process.env["PULUMI_CONFIG_PASSPHRASE"] = "passphrase";
});
afterEach(() => {
  fake.reset();
  delete process.env["PULUMI_CONFIG_PASSPHRASE"];
});
afterAll(async () => {
  await registry.stop();
  fake.remove();
});

const stackFile = (content: string): void => writeFileSync(path.join(fake.state, "Pulumi.prod.yaml"), content);

const HOSTS = { "sese-ai": { memoryMiB: 8192, architecture: "amd64" } };
const EXISTING = { kind: "existing", address: "192.0.2.1", user: "u" };

/** A stack with a login at the registry, as `pulumi config` prints it. */
function stackWith(secrets: Record<string, { value: string; secret: boolean }>, machine: object = EXISTING): void {
  stackFile("config:\n  vpai:registries:\n    x: {}\n");
  const plain = (value: unknown) => ({
    value: typeof value === "string" ? value : JSON.stringify(value),
    secret: false,
  });
  const config = {
    "vpai:platform": plain("vpai"),
    "vpai:domain": plain("example.org"),
    "vpai:tls": plain("internal"),
    "vpai:hosts": plain({ "sese-ai": { ...HOSTS["sese-ai"], machine } }),
    "vpai:registries": plain({ [name]: { user: "mobutoo", secret: "ghcrToken" } }),
    ...secrets,
  };
  fake.answer({ stdout: JSON.stringify(config) });
}

const logins = () => stackLogins("prod", fake.state);
const lock = async () => askRegistry(`${name}/mobutoo/vpai-caddy:2.10.2`, await logins());

test("C8: an image that only the stack's login gets is locked", async () => {
  stackWith({ "secrets:ghcrToken": { value: `${PASSWORD}\n`, secret: true } });
  const digest = registry.put("mobutoo/vpai-caddy", "2.10.2", {
    manifests: [{ platform: { os: "linux", architecture: "amd64" } }],
  });
  expect(await lock()).toEqual({ digest, architectures: ["amd64"] });
  expect(registry.requests).toEqual([
    "/v2/mobutoo/vpai-caddy/manifests/2.10.2",
    `/v2/mobutoo/vpai-caddy/manifests/2.10.2 Basic ${BASIC}`,
  ]);
  expect(fake.calls.join("\n")).not.toContain("canary");
});

test("C8: a wrong password is one sentence that does not show it", async () => {
  stackWith({ "secrets:ghcrToken": { value: "canary-wrong", secret: true } });
  await expect(lock()).rejects.toThrow(
    new Error(
      `${registry.endpoint} refuses the login of mobutoo (secrets:ghcrToken) (status 401): correct the password, the right ` +
        "to read the image, or its name",
    ),
  );
});

test("C8: without a login the error says how to have one", async () => {
  stackFile("config:\n  vpai:platform: vpai\n");
  await expect(lock()).rejects.toThrow(
    new Error(
      `${registry.endpoint} wants a password: docker login, or make images-lock STACK=<one that has a login in vpai:registries>`,
    ),
  );
});

test("C8: another registry does not get the login", async () => {
  stackWith({ "secrets:ghcrToken": { value: PASSWORD, secret: true } });
  expect([...(await logins()).keys()]).toEqual([name]);
});

test("C8: a stack without logins is asked for no passphrase", async () => {
  delete process.env["PULUMI_CONFIG_PASSPHRASE"];
  stackFile("config:\n  vpai:platform: vpai\n");
  expect(await logins()).toEqual(new Map());
  expect(fake.calls).toEqual([]);
});

test.each([
  ["that is missing", {}, "found nothing"],
  ["in plain text", { "secrets:ghcrToken": { value: "canary", secret: false } }, "found it is in plain text"],
  ["of two lines", { "secrets:ghcrToken": { value: "canary\nb", secret: true } }, "found expected one line"],
])("C8: a password %s stops it before a registry is asked", async (_what, secrets, found) => {
  stackWith(secrets);
  const problem = await lock().then(
    () => "none",
    (error: Error) => error.message,
  );
  expect(problem).toContain(`expected secrets:ghcrToken, the password of mobutoo at ${name}, ${found}`);
  expect(problem).toContain("make secrets STACK=prod");
  expect(problem).not.toContain("canary");
  expect(registry.requests).toEqual([]);
});

test("C8: a stack of the lab goes without: its registries make their own passwords", async () => {
  stackWith({}, { kind: "lab" });
  expect(await logins()).toEqual(new Map());
});

test("a stack that there is not", async () => {
  await expect(stackLogins("prdo", fake.state)).rejects.toThrow(/Pulumi\.prdo\.yaml, found none: correct STACK/);
});
