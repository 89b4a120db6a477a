import "../without-sdk";
import { n8n } from "../fake-n8n-accounts";
import { compare } from "bcryptjs";
import { type N8nOwnerInputs, n8nOwnerKind as kind } from "../../../../providers/resources/n8n-owner";

const inputs: N8nOwnerInputs = {
  connection: { host: "192.0.2.1", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA" },
  container: "vpai_n8n",
  server: { container: "vpai_postgresql", superuser: "postgres", password: "s3cret" },
  database: "n8n",
  email: "Founder@example.org",
  password: "canary-of-the-owner",
};

beforeEach(() => {
  // n8n's first start makes the account without a name.
  Object.assign(n8n, { owner: { id: "1", email: null, password: null, firstName: null }, isSetUp: false, writes: 0 });
});

test("an account that belongs to nobody becomes the owner's, as n8n's own set-up leaves it", async () => {
  expect(await kind.ensure(inputs)).toEqual(inputs);
  expect(n8n.owner).toMatchObject({ email: "founder@example.org", firstName: "Owner" });
  expect(n8n.owner?.password).toMatch(/^\$2[aby]\$10\$/);
  expect(await compare("canary-of-the-owner", n8n.owner?.password ?? "")).toBe(true);
  expect(n8n.isSetUp).toBe(true);
});

test("an owner that is right is left alone", async () => {
  const state = await kind.ensure(inputs);
  n8n.writes = 0;
  await kind.ensure(inputs, state);
  expect(n8n.writes).toBe(0);
  expect(await kind.observe(state)).toEqual(state);
});

test("another password is drift, which the next run mends, and the name that a person chose stays", async () => {
  const state = await kind.ensure(inputs);
  Object.assign(n8n.owner ?? {}, {
    password: "$2b$10$abcdefghijklmnopqrstuuNZB3YFD0iQ0Nn9yJtR1v2x3y4z5a6b7",
    firstName: "Ada",
  });
  expect((await kind.observe(state))?.password).not.toBe(inputs.password);
  await kind.ensure(inputs, state);
  expect(await kind.observe(state)).toEqual(state);
  expect(n8n.owner?.firstName).toBe("Ada");
});

test("another address is drift, in another case it is the same", async () => {
  const state = await kind.ensure(inputs);
  Object.assign(n8n.owner ?? {}, { email: "mallory@example.org" });
  expect(await kind.observe(state)).toEqual({ ...state, email: "mallory@example.org" });
});

test("an account that belongs to nobody again is gone", async () => {
  const state = await kind.ensure(inputs);
  Object.assign(n8n.owner ?? {}, { password: null });
  expect(await kind.observe(state)).toBeUndefined();
});

test("a database without the account is an error that says whose it may be, and no password", async () => {
  n8n.owner = undefined;
  await expect(kind.ensure(inputs)).rejects.toThrow(
    /^vpai_n8n on 192\.0\.2\.1: expected an account with the role global:owner in n8n, .*found none: is its database/,
  );
  await expect(kind.ensure(inputs)).rejects.not.toThrow(/canary/);
});

test("whoever owns it stays when the resource goes", async () => {
  const state = await kind.ensure(inputs);
  n8n.writes = 0;
  await kind.remove(state);
  expect(n8n.writes).toBe(0);
});
