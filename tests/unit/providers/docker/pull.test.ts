import { pauses } from "../pauses";
import http from "node:http";
import net from "node:net";
import type { EngineHost } from "../../../../providers/docker/engine/api";
import { pullImage } from "../../../../providers/docker/pull";
import { throughOutages } from "../../../../providers/through-outages";

/** Pulls over a real HTTP connection to an engine that answers what Docker 20.10 and 26.1 answer. */

const ID = `sha256:${"a".repeat(64)}`;
const DIGEST = `sha256:${"b".repeat(64)}`;
const IMAGE = `ghcr.io/mobutoo/vpai-caddy:2.10.2@${DIGEST}`;
const PASSWORD = "pa:ss wörd?/+>canary";
const LOGIN = { registry: "ghcr.io", user: "mobutoo", password: PASSWORD, secret: "ghcrToken" };

interface Said {
  status: number;
  body: string;
}

const UNAUTHORIZED: Said = { status: 500, body: '{"message":"unauthorized: authentication required"}' };
const REFUSED: Said = {
  status: 500,
  body: '{"message":"login attempt to http://ghcr.io/v2/ failed with status: 401 Unauthorized"}',
};
const ACCEPTED: Said = { status: 200, body: '{"IdentityToken":"","Status":"Login Succeeded"}' };
const PULLED: Said = {
  status: 200,
  body: '{"status":"Pulling from mobutoo/vpai-caddy"}\r\n{"status":"Status: Downloaded newer image"}\r\n',
};

/** What the engine answers to a pull, and to a try of the login. */
let answers: { create: Said; auth: Said };
/** What the engine was asked: method and path, the login in the pull's header, the body. */
let asked: { request: string; auth: unknown; body: string }[];
/** Commands on the host, and what `docker pull` says; undefined when it succeeds. */
let commands: string[][];
let refusal: string | undefined;
/** What the host says of the room on the engine's disk, in KiB. */
const room = "free 92300\nfree 4000000\n";
/** How many of the next requests find that the engine goes away. */
let cuts = 0;

const engine = http.createServer((request, response) => {
  if (cuts > 0) return void ((cuts -= 1), request.socket.destroy());
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
  request.on("end", () => {
    const header = request.headers["x-registry-auth"];
    const auth: unknown = header === undefined ? undefined : JSON.parse(decoded(String(header)));
    asked.push({ request: `${request.method ?? ""} ${request.url ?? ""}`, auth, body });
    const { status, body: said } = request.url === "/auth" ? answers.auth : answers.create;
    response.writeHead(status, { "content-type": "application/json" }).end(said);
  });
});

/** As Go reads it: base64 in the alphabet for URLs, with padding. */
function decoded(header: string): string {
  if (!/^[A-Za-z0-9_-]*={0,2}$/.test(header) || header.length % 4 !== 0) throw new Error(`not padded: ${header}`);
  return Buffer.from(header, "base64url").toString("utf8");
}

const host: EngineHost = {
  name: "root@host",
  run(argv) {
    commands.push([...argv]);
    // The look at the engine's disk.
    if (argv[0] === "sh") return Promise.resolve({ code: 0, stdout: room, stderr: "" });
    const pulled = argv[1] !== "pull" || refusal === undefined;
    return Promise.resolve(
      pulled ? { code: 0, stdout: `${ID}\n`, stderr: "" } : { code: 1, stdout: "", stderr: refusal ?? "" },
    );
  },
  output: () => Promise.reject(new Error("not used")),
  exchange(argv, use) {
    commands.push([...argv]);
    return use(net.connect((engine.address() as net.AddressInfo).port, "127.0.0.1"));
  },
};

beforeAll(() => new Promise<void>((resolve) => engine.listen(0, "127.0.0.1", resolve)));
afterAll(() => new Promise((resolve) => engine.close(resolve)));
beforeEach(() => {
  [asked, commands, refusal] = [[], [], undefined];
  answers = { create: PULLED, auth: ACCEPTED };
});

const problemOf = async (reference: string, logins = [LOGIN]): Promise<string> => {
  const problem = await pullImage(host, reference, logins).then(
    () => "none",
    (error: Error) => error.message,
  );
  expect(problem).not.toContain("canary");
  return problem;
};

test("C8: the login goes to the engine in the request's header alone, byte for byte", async () => {
  expect(await pullImage(host, IMAGE, [{ ...LOGIN, registry: "docker.io" }, LOGIN])).toBe(ID);
  expect(asked).toEqual([
    {
      request: `POST /images/create?fromImage=ghcr.io%2Fmobutoo%2Fvpai-caddy&tag=sha256%3A${"b".repeat(64)}`,
      auth: { username: "mobutoo", password: PASSWORD, serveraddress: "ghcr.io" },
      body: "",
    },
  ]);
  expect(commands).toEqual([
    ["docker", "system", "dial-stdio"],
    ["docker", "image", "inspect", "--format", "{{.Id}}", "--", IMAGE],
  ]);
});

test.each([
  ["ghcr.io/a/b:1", "fromImage=ghcr.io%2Fa%2Fb&tag=1", "ghcr.io"],
  ["docker.io/a/b:1", "fromImage=docker.io%2Fa%2Fb&tag=1", "https://index.docker.io/v1/"],
  ["r.test:5000/a/b:1", "fromImage=r.test%3A5000%2Fa%2Fb&tag=1", "r.test:5000"],
  [`r.test:5000/a/b@${DIGEST}`, `fromImage=r.test%3A5000%2Fa%2Fb&tag=sha256%3A${"b".repeat(64)}`, "r.test:5000"],
])("C8: %s is asked for by its own name, at its own registry", async (reference, query, serveraddress) => {
  const logins = ["ghcr.io", "docker.io", "r.test:5000"].map((registry) => ({ ...LOGIN, registry }));
  await pullImage(host, reference, logins);
  expect(asked).toMatchObject([{ request: `POST /images/create?${query}`, auth: { serveraddress } }]);
});

test("C8: no registry gets the login of another one: such an image is pulled as a stranger", async () => {
  expect(await pullImage(host, "docker.io/library/redis:8.0.2", [LOGIN])).toBe(ID);
  expect(asked).toEqual([]);
  expect(commands[0]).toEqual(["docker", "pull", "--quiet", "--", "docker.io/library/redis:8.0.2"]);
});

const EXPECTED = `root@host: expected to pull the image ${IMAGE}, found: `;

test("C8: a wrong password is one sentence: host, registry, its answer, what to do", async () => {
  answers = { create: UNAUTHORIZED, auth: REFUSED };
  expect(await problemOf(IMAGE)).toBe(
    `${EXPECTED}ghcr.io refuses the login of mobutoo ("login attempt to http://ghcr.io/v2/ failed with status: 401 ` +
      'Unauthorized"): correct vpai:registries or secrets:ghcrToken.',
  );
  expect(JSON.parse(asked[1]?.body ?? "")).toEqual(expect.objectContaining({ password: PASSWORD }));
});

test("C8: a right password without the right to read the image is told apart", async () => {
  answers.create = { status: 500, body: '{"message":"Head \\"https://ghcr.io/v2/x/manifests/1\\": denied: denied"}' };
  expect(await problemOf(IMAGE)).toBe(
    `${EXPECTED}ghcr.io takes the login of mobutoo and does not give this image to it ("Head 'https://ghcr.io/v2/x/manifests/1': ` +
      'denied: denied"): let mobutoo read it there, or correct the name.',
  );
});

const UNREACHED = 'Get "https://ghcr.io/v2/": dial tcp: lookup ghcr.io on 1.1.1.1:53: no such host';
const MISSING = "manifest for ghcr.io/mobutoo/vpai-caddy:2.10.2 not found: manifest unknown: manifest unknown";
const CAUSES: [string, string, string][] = [
  ["no such tag", MISSING, `ghcr.io has no such tag ("${MISSING}"): correct the tag.`],
  [
    "a registry out of reach",
    UNREACHED,
    `the host does not reach ghcr.io ("${UNREACHED.replaceAll('"', "'")}"): see to the host's network and its name ` +
      "resolution, or run up again later.",
  ],
  [
    "too many pulls",
    "toomanyrequests: You have reached your unauthenticated pull rate limit.",
    'ghcr.io was asked too often ("toomanyrequests: You have reached your unauthenticated pull rate limit."): run up again ' +
      "later, or declare a login (vpai:registries, docs/secrets.md).",
  ],
  [
    "a disk that fills up",
    "failed to register layer: write /usr/lib/x.so: no space left on device",
    `the engine's disk filled up meanwhile ("failed to register layer: write /usr/lib/x.so: no space left on device"), ` +
      "and 90 MiB are free there now: free some there (`docker system df`, `df -i`) or enlarge the disk, then run up again.",
  ],
  [
    "anything else",
    "filesystem layer verification failed for digest sha256:a",
    '"filesystem layer verification failed for digest sha256:a": see that the tag exists and that the host reaches ghcr.io.',
  ],
];

test.each(CAUSES)("C8: %s is told from a refused login, with a login", async (_what, said, expected) => {
  answers.create = { status: 500, body: JSON.stringify({ message: said }) };
  expect(await problemOf(IMAGE)).toBe(`${EXPECTED}${expected}`);
  expect(asked).toHaveLength(1);
});

test.each(CAUSES)("C8: %s is told from a refused login, without one", async (_what, said, expected) => {
  refusal = `Error response from daemon: ${said}\n`;
  expect(await problemOf(IMAGE, [])).toBe(`${EXPECTED}${expected}`);
});

test.each([
  'Head "http://ghcr.io/v2/a/manifests/1": no basic auth credentials',
  'Head "https://ghcr.io/v2/a/manifests/1": unauthorized',
  "pull access denied for a, repository does not exist or may require 'docker login': denied: requested access",
])("C8: without a login, %j says how to declare one", async (said) => {
  refusal = `Error response from daemon: ${said}\n`;
  expect(await problemOf(IMAGE, [])).toBe(
    `${EXPECTED}ghcr.io gives it to no stranger, or has no such image ("${said.replaceAll('"', "'")}"): declare a login ` +
      "(vpai:registries, docs/secrets.md), or correct the name.",
  );
});

test("C8: a pull that fails after it began is no success", async () => {
  answers.create = {
    status: 200,
    body: '{"status":"Pulling"}\r\n{"errorDetail":{"message":"unexpected EOF"},"error":"unexpected EOF"}\r\n',
  };
  expect(await problemOf(IMAGE)).toContain('the host does not reach ghcr.io ("unexpected EOF")');
});

test("C8: a registry that is gone by the time the login is tried is out of reach", async () => {
  answers = { create: UNAUTHORIZED, auth: { status: 500, body: JSON.stringify({ message: UNREACHED }) } };
  expect(await problemOf(IMAGE)).toContain("the host does not reach ghcr.io");
});

test.each([
  "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
  "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory",
  'error during connect: Post "http://%2Fvar%2Frun%2Fdocker.sock/v1.45/images/create": EOF',
])("T10: a pull that finds the engine away is not the registry's fault, and is done again: %s", async (said) => {
  refusal = `${said}\n`;
  expect(await problemOf(IMAGE, [])).toBe(`root@host: docker pull of ${IMAGE} failed: ${said}`);
  pauses.mockImplementationOnce(() => Promise.resolve(void (refusal = undefined)));
  expect(await throughOutages(() => pullImage(host, IMAGE, []))).toBe(ID);
});

test("T10: so is one with a login, of which the engine ends the connection without an answer", async () => {
  cuts = 1;
  expect(await problemOf(IMAGE)).toBe(
    "root@host: expected an answer of the Docker engine, found that the connection to it ended. Look at `systemctl status docker` there.",
  );
  cuts = 1;
  expect(await throughOutages(() => pullImage(host, IMAGE, [LOGIN]))).toBe(ID);
});
