import "../without-sdk";
import { inForce } from "../fake-login";
import { verifies } from "../../../../providers/postgresql/scram";
import { asSuperuser } from "../../../../providers/postgresql/superuser";
import type { Server } from "../../../../providers/postgresql/session";
import type { Transport } from "../../../../providers/ssh/transport";

/** What the local socket is asked, and answers. A real server: tests/lab/long/data-gone.test.ts. */
let commands: { argv: readonly string[]; stdin: string }[] = [];
let refusal = "";

const host = {
  name: "root@a",
  run: async (argv: readonly string[], { stdin = "" }: { stdin?: string } = {}) => {
    commands.push({ argv, stdin });
    if (refusal !== "") return { code: 2, stdout: "", stderr: refusal };
    const verifier = /^ALTER ROLE "postgres" PASSWORD '([^']+)';\n$/.exec(stdin)?.[1] ?? "";
    if (verifies(verifier, SERVER.password)) inForce.password = SERVER.password;
    return { code: 0, stdout: "", stderr: "" };
  },
} as unknown as Transport;

const SERVER: Server = { container: "vpai_postgresql", superuser: "postgres", password: `it's "new" $x é` };

beforeEach(() => {
  inForce.password = "old";
  commands = [];
  refusal = "";
});

test("C5: another password is put in force over the local socket, once for all who find out", async () => {
  const answers = await Promise.all([1, 2, 3].map((n) => asSuperuser(host, SERVER, "postgres", async () => n)));
  expect(answers).toEqual([1, 2, 3]);
  expect(commands).toHaveLength(1);
  expect(commands[0]?.argv.slice(0, 7)).toEqual([
    ...["docker", "exec", "--interactive", "vpai_postgresql", "psql", "--username", "postgres"],
  ]);
  expect(JSON.stringify(commands)).not.toMatch(/it's|it''s|new/);
});

test("a password that is right is left as it is", async () => {
  inForce.password = SERVER.password;
  expect(await asSuperuser(host, SERVER, "postgres", async () => "done")).toBe("done");
  expect(commands).toEqual([]);
});

test("C5: a server that wants a password there, too, is one clear error", async () => {
  refusal = "psql: error: FATAL: password authentication failed\n";
  await expect(asSuperuser(host, SERVER, "postgres", async () => 1)).rejects.toThrow(
    "vpai_postgresql on root@a: expected to set the password of postgres over the local socket, found a refusal " +
      "(psql: error: FATAL: password authentication failed): set it by hand, to the one of the stack",
  );
});

test("what goes wrong in the work itself is no matter of the password", async () => {
  inForce.password = SERVER.password;
  await expect(asSuperuser(host, SERVER, "postgres", () => Promise.reject(new Error("no room")))).rejects.toThrow(
    "no room",
  );
  expect(commands).toEqual([]);
});
