import { allServices } from "../../../platforms";
import caddy from "../../../platforms/vpai/services/caddy";
import { contextWith } from "../../context";
import { eventually } from "../../eventually";
import { CLOSED, OPEN } from "../../facts/public-requests";
import { answersIn, type RawAnswer, rawRequest, SEND_RAW, toLines } from "./raw-requests";
import { ServiceContainer } from "./service-container";

/** The real Caddy with prod's whole Caddyfile; of what is behind it, only n8n and LiteLLM answer, and say who they are. */

jest.setTimeout(1_200_000);

const DOMAIN = "ewutelo.cloud";

let container: ServiceContainer;

beforeAll(async () => {
  container = new ServiceContainer(caddy, contextWith({ tls: "internal", domain: DOMAIN }), "caddy");
  await container.start(
    {},
    "/data",
    allServices.map(({ name }) => name),
  );
  const { code, stderr } = container.run([
    ...["sh", "-euc"],
    `{ caddy respond --listen 127.0.0.1:4000 --body "litellm answers" & caddy respond --listen 127.0.0.1:5678 --body "n8n answers" & } >/dev/null 2>&1`,
  ]);
  if (code !== 0) throw new Error(stderr);
  // Caddy listens before it has issued its certificates.
  await eventually(() => {
    const found = ask("127.0.0.1:443", ["GET . /health", ...OPEN.map(([line]) => line)]);
    expect(found.map((answer) => answer?.status)).not.toContain(undefined);
    expect(ask("127.0.0.1:8443", ["GET mayi /", "GET llm /"]).map((answer) => answer?.status)).toEqual([200, 200]);
  }, 120);
});

afterAll(() => container.remove());

/** Sends requests to a listener of Caddy, one after another. */
function ask(address: string, lines: readonly string[]): (RawAnswer | undefined)[] {
  const input = toLines(lines.map((line) => rawRequest(line, DOMAIN)));
  return answersIn(container.run(["sh", "-c", SEND_RAW, "send", address], input).stdout);
}

/** Who answered, `nobody` where the gateway itself refused. Anything else is told as it came. */
function whoAnswered(answer: RawAnswer | undefined): string {
  if (answer === undefined) return "nobody";
  const [, who] = /(litellm|n8n) answers$/.exec(answer.text) ?? [];
  if (who !== undefined) return who;
  if (answer.status === 200 && answer.text.endsWith("\r\n\r\nOK")) return "health";
  // 400 is a request that Go's server cannot read at all.
  return [400, 404].includes(answer.status) ? "nobody" : answer.text;
}

test("the list is long enough, and names nothing twice", () => {
  expect(CLOSED.length).toBeGreaterThanOrEqual(200);
  expect(new Set(CLOSED).size).toBe(CLOSED.length);
});

test("what is public reaches who it is for", () => {
  const found = ask(
    "127.0.0.1:443",
    OPEN.map(([line]) => line),
  ).map(whoAnswered);
  expect(OPEN.map(([line], index) => [line, found[index]])).toEqual(OPEN.map(([line, by]) => [line, by]));
});

test("nothing else that comes from outside reaches anybody", () => {
  const found = ask("127.0.0.1:443", CLOSED).map(whoAnswered);
  const reached = CLOSED.map((line, index) => `${line}: ${found[index] ?? "not asked"}`).filter(
    (line) => !line.endsWith(": nobody"),
  );
  expect(reached).toEqual([]);
});

/** What of a server's certificate a handshake shows: its names, or nothing. */
function shownBy(address: string, name: string, ...options: string[]): string {
  const script = `address=$1 name=$2; shift 2
    timeout 20 openssl s_client -connect "$address" -servername "$name" "$@" </dev/null 2>/dev/null |
      openssl x509 -noout -ext subjectAltName 2>/dev/null | sed -n 's/^ *DNS://p'`;
  return container.run(["sh", "-c", script, "shown", address, name, ...options]).stdout.trim();
}

test.each([
  ["TLS 1.3", ["-tls1_3"]],
  ["TLS 1.2", ["-tls1_2"]],
  ["TLS 1.2 and the suite that the door has", ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"]],
  ["no suite of elliptic curves", ["-tls1_2", "-cipher", "AES128-SHA"]],
])("a VPN-only name has no certificate for who comes from outside, with %s", (_what, options) => {
  expect(shownBy("127.0.0.1:443", `mayi.${DOMAIN}`, ...options)).toBe("");
});

test("it has one on the VPN, and the domain has one outside", () => {
  expect(shownBy("127.0.0.1:8443", `mayi.${DOMAIN}`)).toBe(`mayi.${DOMAIN}`);
  expect(shownBy("127.0.0.1:443", DOMAIN)).toBe(DOMAIN);
});

test("plain HTTP leads to HTTPS, whatever is asked", () => {
  const { stdout } = container.run([
    ...["sh", "-c"],
    `for path in / /litellm/metrics/ /rest/owner/setup; do wget -q -S -O /dev/null --max-redirect 0 "http://127.0.0.1$path" 2>&1 | grep -o 'HTTP/1.1 [0-9]*'; done`,
  ]);
  expect(stdout.trim().split("\n")).toEqual(["HTTP/1.1 308", "HTTP/1.1 308", "HTTP/1.1 308"]);
});

describe("on the VPN", () => {
  test.each([
    ["GET llm /", "litellm"],
    ["GET llm /ui/", "litellm"],
    ["GET llm /metrics/", "litellm"],
    ["POST llm /key/generate", "litellm"],
    ["GET mayi /", "n8n"],
    ["GET mayi /rest/settings", "n8n"],
    ["POST mayi /rest/login", "n8n"],
    ["GET mayi /rest/owner", "n8n"],
  ])("%s reaches %s", (line, by) => {
    expect(ask("127.0.0.1:8443", [line]).map(whoAnswered)).toEqual([by]);
  });

  /** Each of them is n8n's set-up to n8n's own router, or may be to the one of another version. */
  const SETUP = [
    ...["/rest/owner/setup", "/rest/owner/setup/", "/rest/owner/setup?x=1", "/REST/OWNER/SETUP", "/rest/owner/setupx"],
    ...["/rest/owner/%73etup", "/rest/%6fwner/setup", "/rest/owner/setup%2f", "/rest/owner%2fsetup"],
    ...["//rest/owner/setup", "/rest//owner/setup", "/rest/owner//setup", "/rest/./owner/setup"],
    ...["/rest/x/../owner/setup", "/rest/x/%2e%2e/owner/setup", "/rest/owner/setup/..", "/rest/owner/setup/."],
    ...["/x/../rest/owner/setup", "/rest/owner/\\setup", "/rest/owner/setup%00"],
  ];

  test("nobody makes n8n's owner there, either", () => {
    const lines = ["POST", "GET", "PUT"].flatMap((method) => SETUP.map((target) => `${method} mayi ${target}`));
    const found = ask("127.0.0.1:8443", lines).map(whoAnswered);
    expect(lines.filter((_line, index) => found[index] !== "nobody")).toEqual([]);
  });

  test("nobody reads metrics that want no key there, either", () => {
    const lines = ["/metrics", "/metrics/", "/METRICS", "//metrics", "/x/../metrics", "/%6detrics", "/metrics?x=1"].map(
      (target) => `GET mayi ${target}`,
    );
    expect(ask("127.0.0.1:8443", lines).map(whoAnswered)).toEqual(lines.map(() => "nobody"));
  });

  test("an HTTP/3 that is announced is the one of the published port", () => {
    const [answer] = ask("127.0.0.1:8443", ["GET mayi /"]);
    expect(answer?.text).toMatch(/^Alt-Svc: h3=":443"; ma=2592000\r$/im);
    expect(answer?.text).not.toContain("8443");
  });
});
