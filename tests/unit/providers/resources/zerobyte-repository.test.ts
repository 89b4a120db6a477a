import "../without-sdk";
import {
  zerobyteRepositoryKind as kind,
  type ZerobyteRepositoryInputs,
} from "../../../../providers/resources/zerobyte-repository";
import { HttpContainer, type Received, type Reply } from "../http-container";

interface Config {
  backend: string;
  endpoint: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  isExistingRepository: boolean;
  customPassword: string;
}

/** Zerobyte's repositories by name, as v0.16's `repositories.controller.ts` treats them. */
let known: Record<string, { type: string; config: Config }>;
/** What Restic says of the bucket; undefined: it reads it. */
let problem: string | undefined;
let zerobyte: HttpContainer;
let inputs: ZerobyteRepositoryInputs;

function answer({ method, path, body }: Received): Reply {
  if (path === "/api/v1/repositories" && method === "POST") {
    const { name, config } = body as { name: string; config: Config };
    if (known[name] !== undefined)
      return { status: 409, body: { message: "Repository with this name already exists" } };
    if (problem !== undefined)
      return {
        status: 500,
        body: { message: `Failed to initialize repository: Restic snapshots retrieval failed: ${problem}` },
      };
    const sealed = { accessKeyId: "encv1:1", secretAccessKey: "encv1:2", customPassword: "encv1:3" };
    known[name] = { type: config.backend, config: { ...config, ...sealed } };
    return { status: 201, body: { message: "Repository created" } };
  }
  const [, name = "", part] = /^\/api\/v1\/repositories\/([^/]+)(\/snapshots)?$/.exec(path) ?? [];
  const found = known[name];
  if (found === undefined) return { status: 404, body: { message: "Repository not found" } };
  if (method === "DELETE") {
    delete known[name];
    return { status: 200, body: { message: "Repository deleted" } };
  }
  if (part === undefined) return { status: 200, body: found };
  return problem === undefined ? { status: 200, body: [] } : { status: 500, body: { message: problem } };
}

beforeAll(async () => {
  zerobyte = await HttpContainer.start("vpn_zerobyte");
  zerobyte.reply = answer;
  inputs = {
    ...{ connection: zerobyte.connection, container: "vpn_zerobyte", port: zerobyte.port, repository: "vpai-backups" },
    ...{ endpoint: "https://nbg1.your-objectstorage.com", bucket: "vpai-backups", present: true },
    ...{ accessKey: "an-access-key", secretKey: "a-secret-key", password: "a-password" },
  };
});
afterAll(() => zerobyte.stop());
beforeEach(() => {
  known = {};
  problem = undefined;
  zerobyte.forget();
});

const asked = (): string[] => zerobyte.requests.map(({ method, path }) => `${method} ${path}`);

test("it is given as one that is there already, with the password that it has", async () => {
  expect(await kind.ensure(inputs)).toEqual(inputs);
  expect(zerobyte.requests.at(-1)?.body).toEqual({
    name: "vpai-backups",
    compressionMode: "auto",
    config: {
      ...{ backend: "s3", endpoint: "https://nbg1.your-objectstorage.com", bucket: "vpai-backups" },
      ...{ accessKeyId: "an-access-key", secretAccessKey: "a-secret-key" },
      ...{ isExistingRepository: true, customPassword: "a-password" },
    },
  });
});

test("one that is right stays; a new key takes the place of the old one", async () => {
  const state = await kind.ensure(inputs);
  zerobyte.forget();
  expect(await kind.ensure(inputs, state)).toEqual(inputs);
  expect(asked()).toEqual(["GET /api/v1/repositories/vpai-backups"]);
  await kind.ensure({ ...inputs, secretKey: "another" }, state);
  expect(asked().slice(2)).toEqual(["DELETE /api/v1/repositories/vpai-backups", "POST /api/v1/repositories"]);
});

test("one that a person gave it is adopted where it can be read, and given anew where not", async () => {
  await kind.ensure(inputs);
  zerobyte.forget();
  await kind.ensure(inputs);
  expect(asked()).not.toContain("POST /api/v1/repositories");
  problem = "Fatal: wrong password or no key found";
  await expect(kind.ensure(inputs)).rejects.toThrow("wrong password");
});

test("a bucket without a repository is for later", async () => {
  const told = jest.spyOn(console, "error").mockImplementation(() => undefined);
  problem =
    "Fatal: repository does not exist: unable to open config file\nIs there a repository at the following location?";
  const state = await kind.ensure(inputs);
  expect(state).toEqual({ ...inputs, present: false });
  expect(told.mock.calls).toEqual([[expect.stringContaining("vpai-backups has no repository yet")]]);
  told.mockRestore();
  expect(await kind.observe(state)).toEqual(state);
  problem = undefined;
  expect(await kind.ensure(inputs, state)).toEqual(inputs);
});

test("any other problem is one, and says nothing of the keys", async () => {
  problem = "Fatal: unable to open config file: Access Denied.\nIs there a repository at the following location?";
  const failure = await kind.ensure(inputs).catch((error: Error) => error.message);
  expect(failure).toContain("Access Denied.");
  for (const secret of [inputs.accessKey, inputs.secretKey, inputs.password]) expect(failure).not.toContain(secret);
});

test("another place is drift, and one that was removed is gone", async () => {
  const state = await kind.ensure(inputs);
  expect(await kind.observe(state)).toEqual(state);
  (known["vpai-backups"] as { config: Config }).config.bucket = "another";
  expect(await kind.observe(state)).toEqual({ ...inputs, bucket: "another" });
  known = {};
  expect(await kind.observe(state)).toBeUndefined();
});

test("it is taken from the page alone, and need not be there any more", async () => {
  const state = await kind.ensure(inputs);
  await kind.remove(state);
  expect(known).toEqual({});
  await kind.remove(state);
});

test("a name that Zerobyte would change is refused before anything is asked", () => {
  expect(kind.check?.({ ...inputs, repository: "My Backups" })).toEqual([
    { property: "repository", reason: "expected lower-case letters, digits and dashes, found My Backups" },
  ]);
  expect(kind.check?.(inputs)).toEqual([]);
});
