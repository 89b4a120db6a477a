import { fake } from "../fake-pulumi";
import { begin, renew } from "../../../../commands/rotate/begin";
import { described } from "../../../../commands/rotate/stack";

beforeEach(() => fake.reset());
afterAll(() => fake.remove());

const LAB = {
  "vpai:platform": "vpai",
  "vpai:domain": "vpai.test",
  "vpai:tls": "internal",
  "vpai:services": '["core","apps"]',
  "vpai:hosts": '{"sese-ai":{"machine":{"kind":"lab"},"memoryMiB":8192,"architecture":"amd64"}}',
};

/** The lab with a password of Redis in its file, and what else a test wants there. */
function lab(more: Record<string, string> = {}) {
  const values = { ...LAB, "secrets:redisPassword": "old-of-redis", ...more };
  return described({
    ...{ stack: "lab", values, connects: false },
    secretKeys: new Set(["secrets:redisPassword", "secrets:openaiApiKey", "vpai:rotating"]),
  });
}

const MADE = { postgresqlPassword: "old-of-postgresql" };
const chosen = (stack: ReturnType<typeof lab>, ...names: string[]) =>
  stack.secrets.filter(({ declaration }) => names.includes(declaration.name));

test("old values are noted, encrypted, before there are new ones; none is on a command line", async () => {
  const stack = lab();
  const pending = await begin("lab", chosen(stack, "redisPassword", "postgresqlPassword"), stack, MADE);
  expect(pending).toEqual({
    redisPassword: { before: "old-of-redis" },
    postgresqlPassword: { before: "old-of-postgresql", rotation: 1 },
  });
  expect(fake.calls).toEqual(["config set --secret --stack lab vpai:rotating"]);
  await renew("lab", stack, pending);
  expect(fake.calls.slice(1).sort()).toEqual([
    "config set --secret --stack lab secrets:redisPassword",
    "config set-all --stack lab --path --plaintext vpai:rotations.postgresqlPassword=1",
  ]);
});

test("a secret that is being rotated keeps its note and gets no further value", async () => {
  const noted = {
    redisPassword: { before: "older-of-redis" },
    postgresqlPassword: { before: "old-of-postgresql", rotation: 3 },
  };
  const stack = lab({ "vpai:rotating": JSON.stringify(noted), "vpai:rotations": '{"postgresqlPassword":3}' });
  const pending = await begin("lab", chosen(stack, "redisPassword", "postgresqlPassword"), stack, MADE);
  expect(pending).toEqual(noted);
  await renew("lab", stack, pending);
  expect(fake.calls).toEqual([]);
});

test("cut short between note and value, it goes on with the value", async () => {
  const noted = { redisPassword: { before: "old-of-redis" }, postgresqlPassword: { before: "x", rotation: 3 } };
  const stack = lab({ "vpai:rotating": JSON.stringify(noted), "vpai:rotations": '{"postgresqlPassword":2}' });
  await renew("lab", stack, noted);
  expect(fake.calls.sort()).toEqual([
    "config set --secret --stack lab secrets:redisPassword",
    "config set-all --stack lab --path --plaintext vpai:rotations.postgresqlPassword=3",
  ]);
});

test("all that the stack makes is noted at once", async () => {
  const stack = lab();
  const made = { ...MADE, n8nAdminPassword: "old-of-n8n" };
  const pending = await begin("lab", chosen(stack, "n8nAdminPassword", "postgresqlPassword"), stack, made);
  await renew("lab", stack, pending);
  expect(fake.calls.slice(1)).toEqual([
    expect.stringMatching(/^config set-all (?=.*rotations\.n8nAdminPassword=1)(?=.*rotations\.postgresqlPassword=1)/),
  ]);
});

test("the next rotation counts up", async () => {
  const stack = lab({ "vpai:rotations": '{"postgresqlPassword":7}' });
  const pending = await begin("lab", chosen(stack, "postgresqlPassword"), stack, MADE);
  expect(pending["postgresqlPassword"]?.rotation).toBe(8);
});

test("what a person gives is expected from one: nothing is made up, and the old value is no new one", async () => {
  const stack = lab({ "secrets:openaiApiKey": "sk-old-canary" });
  const pending = { openaiApiKey: { before: "sk-old-canary" } };
  await expect(renew("lab", stack, pending)).rejects.toThrow(/openaiApiKey: expected the new value.*found none/);
  process.env["SECRET_openaiApiKey"] = "sk-old-canary";
  try {
    const failed = renew("lab", stack, pending);
    await expect(failed).rejects.toThrow("found the old one");
    await expect(failed).rejects.not.toThrow("canary");
    process.env["SECRET_openaiApiKey"] = "sk-new-canary";
    await renew("lab", stack, pending);
  } finally {
    delete process.env["SECRET_openaiApiKey"];
  }
  expect(fake.calls).toEqual(["config set --secret --stack lab secrets:openaiApiKey"]);
});
