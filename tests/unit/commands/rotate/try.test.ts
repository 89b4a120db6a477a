import http from "node:http";
import type { AddressInfo } from "node:net";
import { Transport } from "@vpai/providers";
import { type Tried, tryUntil, tryValue } from "../../../../commands/rotate/try";
import { bearerLogin, type Proof } from "../../../../model/proof";
import type { Service } from "../../../../model/service";
import type { PlacedProof } from "../../../../platforms/logins";
import { STACK } from "../../../context";
import { SshServer } from "../../providers/ssh-server";

/** Values are tried over a real SSH connection: as a request to a real server, and as a command. */

let ssh: SshServer;
let host: Transport;
let api: http.Server;
let password = "right";
let status: number | undefined;

beforeAll(async () => {
  ssh = await SshServer.start();
  host = new Transport(ssh.connection);
  api = http
    .createServer((request, response) => {
      response.statusCode = status ?? (request.headers.authorization === `Bearer ${password}` ? 200 : 401);
      response.end();
    })
    .listen(0, "127.0.0.1");
  await new Promise((resolve) => api.once("listening", resolve));
});

afterEach(() => {
  ssh.respond = () => undefined;
  password = "right";
  status = undefined;
});

afterAll(async () => {
  host.close();
  api.close();
  await ssh.stop();
});

const secret = { name: "token", description: "a token", origin: "random" } as const;

const placed = (proof: Proof): PlacedProof => {
  const { port } = api.address() as AddressInfo;
  const run = {
    program: { name: "x", version: "1", source: { kind: "distribution", package: "x" } },
    exec: ["x"],
    publish: [{ port, hostPort: port, protocol: "tcp", access: "host" }],
  };
  return { proof, host: "here", service: { name: "x", port, run } as unknown as Service };
};

const tried = (): Tried => ({
  views: [],
  stack: STACK,
  addresses: {},
  hosts: { here: { connection: ssh.connection, publicAddress: "127.0.0.1", services: { x: {} } } },
  transportTo: () => host,
});

const overHttp = placed.bind(undefined, {
  secret,
  as: "a client",
  request: (value) => ({ path: "/", headers: bearerLogin(value) }),
});

const byCommand = (script: string): PlacedProof => placed({ secret, as: "a client", command: ["sh", "-c", script] });

test("a request says what its status says", async () => {
  expect(await tryValue(overHttp(), "right", tried())).toBe("accepted");
  expect(await tryValue(overHttp(), "wrong", tried())).toBe("refused");
  status = 502;
  expect(await tryValue(overHttp(), "right", tried())).toEqual({ unclear: "it answered 502" });
});

test("a command says it in one word, and is given the value on standard input alone", async () => {
  const login = '[ "$(cat)" = right ] && echo accepted || echo refused';
  expect(await tryValue(byCommand(login), "right", tried())).toBe("accepted");
  expect(await tryValue(byCommand(login), "wrong-canary", tried())).toBe("refused");
  expect(ssh.lines.join("\n")).not.toContain("canary");
});

test.each([
  ["a command that is not there", "no-such-program", /ended with 127/],
  ["one that fails after its word", "echo refused; exit 3", /ended with 3/],
  ["one that says something else", "echo perhaps", /ended with 0: perhaps/],
  ["one that says nothing", "true", /ended with 0/],
])("%s is neither a yes nor a no", async (_what, script, said) =>
  expect(await tryValue(byCommand(script), "right", tried())).toEqual({
    unclear: expect.stringMatching(said) as string,
  }),
);

test.each([
  ["as it is", "no $(cat) here"],
  ["as a URL of Go's has it", "no canary%21of%28token%29 here"],
])("what a program says of a value is told without it, %s", async (_how, said) => {
  const verdict = await tryValue(byCommand(`echo "${said}" >&2; exit 1`), "canary!of(token)", tried());
  expect(verdict).toEqual({ unclear: "its check ended with 1: no [secret] here" });
});

test("a host that is not there is neither", async () => {
  const gone = {
    ...tried(),
    transportTo: () => {
      throw new Error("here: it is away");
    },
  };
  expect(await tryValue(overHttp(), "right", gone)).toEqual({ unclear: "here: it is away" });
});

test("a program that is still reloading is asked again, for a while", async () => {
  password = "not yet";
  setTimeout(() => (password = "right"), 300);
  expect(await tryUntil("accepted", overHttp(), "right", tried(), { looks: 20, pause: 50 })).toBe("accepted");
  expect(await tryUntil("accepted", overHttp(), "wrong", tried(), { looks: 2, pause: 1 })).toBe("refused");
});
