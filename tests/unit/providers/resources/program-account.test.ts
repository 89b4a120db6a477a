import "../without-sdk";
import { type ProgramAccountInputs, programAccountKind as kind } from "../../../../providers/resources/program-account";
import { HttpContainer, type Received, type Reply } from "../http-container";

/** A program with accounts, as Kaneo and Sure have them: passwords by address. */
const accounts: Record<string, string> = {};
let program: HttpContainer;
let inputs: ProgramAccountInputs;

function answer({ method, path, body }: Received): Reply {
  const { email, password } = body as { email: string; password: string };
  if (method !== "POST") return { status: 405 };
  if (path === "/sign-in") return accounts[email] === password ? { status: 200, body: {} } : { status: 401 };
  if (path !== "/sign-up") return { status: 404 };
  if (accounts[email] !== undefined) return { status: 422, body: { error: "taken" } };
  accounts[email] = password;
  return { status: 201, body: {} };
}

const bodyOf = (password: string): string => JSON.stringify({ email: "me@example.org", password });

beforeAll(async () => {
  program = await HttpContainer.start("vpai_program");
  program.reply = answer;
  inputs = {
    connection: program.connection,
    container: "vpai_program",
    port: program.port,
    hostname: "hq.example.org",
    email: "me@example.org",
    signIn: { path: "/sign-in", body: bodyOf("canary-of-mine") },
    signUp: { path: "/sign-up", body: bodyOf("canary-of-mine") },
  };
});

afterAll(() => program.stop());

beforeEach(() => {
  for (const email of Object.keys(accounts)) delete accounts[email];
  program.reply = answer;
  program.forget();
});

test("an account that is missing is made, under the site's own name", async () => {
  expect(await kind.ensure(inputs)).toEqual(inputs);
  expect(accounts).toEqual({ "me@example.org": "canary-of-mine" });
  for (const { headers } of program.requests)
    expect(headers).toMatchObject({ host: "hq.example.org", origin: "https://hq.example.org" });
  expect(await kind.observe(inputs)).toEqual(inputs);
});

test("one that is there is taken on, and nothing is made", async () => {
  accounts["me@example.org"] = "canary-of-mine";
  await kind.ensure(inputs);
  expect(program.changes()).toEqual(["POST /sign-in"]);
});

test("an account that is gone, or has another password, is no longer there", async () => {
  expect(await kind.observe(inputs)).toBeUndefined();
  accounts["me@example.org"] = "another";
  expect(await kind.observe(inputs)).toBeUndefined();
});

test("one with another password is an error that says what to do, and never the password", async () => {
  accounts["me@example.org"] = "canary-of-another";
  const error: Error = await kind.ensure(inputs).then(
    () => new Error("no error"),
    (thrown: Error) => thrown,
  );
  expect(error.message).toMatch(
    /expected to log in as me@example\.org, or to make that account, found neither possible/,
  );
  expect(error.message).toMatch(/set it in the program to the one of the stack/);
  expect(error.message).not.toContain("canary");
});

test("of a program that fails, nobody can tell", async () => {
  program.reply = () => ({ status: 503 });
  await expect(kind.observe(inputs)).rejects.toThrow(/expected POST \/sign-in to succeed, found 503/);
  await expect(kind.ensure(inputs)).rejects.toThrow(/found 503/);
});
