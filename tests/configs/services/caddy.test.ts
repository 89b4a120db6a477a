import { allServices } from "../../../platforms";
import caddy from "../../../platforms/vpai/services/caddy";
import type { Service } from "../../../model/service";
import type { Exposure, RemoteSite } from "../../../model/site";
import { contextWith, type Given } from "../../context";
import { eventually } from "../../eventually";
import { serviceWith } from "../../service";
import { ServiceContainer } from "./service-container";

jest.setTimeout(1_200_000);

/** What Caddy makes of a Caddyfile, as far as we look. */
interface Adapted {
  admin: { listen: string };
  apps: {
    http: { servers: Record<string, Server> };
    tls?: {
      automation: {
        policies: { issuers: { module: string; challenges?: { dns?: { provider: { name: string } } } }[] }[];
      };
    };
  };
}

interface Server {
  listen: string[];
  routes: Route[];
  protocols?: string[];
  tls_connection_policies?: { match?: { sni?: string[] }; cipher_suites?: string[] }[];
}

interface Route {
  match?: { host?: string[] }[];
  handle: unknown[];
}

const LAB: Given = { domain: "vpai.test", tls: "internal", vpnEnforce: false };

const STACKS: [string, Given][] = [
  ["prod", {}],
  ["prod without enforced VPN", { vpnEnforce: false, acmeEmail: "me@ewutelo.cloud" }],
  ["lab", LAB],
  ["a stack whose certificates come by requests to its sites", { tls: "acme", vpnEnforce: false }],
  [
    "one with an ACME server of its own",
    { tls: "acme", vpnEnforce: false, acme: { directory: "https://ca.test/dir" } },
  ],
  [
    "the same with names in a zone at OVH",
    {
      acme: { directory: "https://ca.test/dir", resolvers: ["192.0.2.53:53"] },
      ovh: { zone: "ewutelo.cloud", endpoint: "https://ca.api.ovh.com/1.0" },
    },
  ],
];

const core = allServices.filter(({ group }) => group === "core");

const COUCHDB: RemoteSite = { subdomain: "couch", access: "public", port: 5984, address: "100.64.0.2" };

const opened: ServiceContainer[] = [];

/** @param remoteSites of other hosts */
function open(given: Given, remoteSites: readonly RemoteSite[] = []): ServiceContainer {
  const container = new ServiceContainer(caddy, { ...contextWith(given), remoteSites }, "caddy");
  opened.push(container);
  return container;
}

afterAll(() => opened.forEach((container) => container.remove()));

async function adapted(given: Given, remoteSites: readonly RemoteSite[] = []): Promise<Adapted> {
  const command = ["caddy", "adapt", "--config", "/etc/caddy/Caddyfile"];
  const { code, stdout, stderr } = await open(given, remoteSites).runOnce(command);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Adapted;
}

/** Listeners by hostname, but for those where nobody gets through its handshake; of a route without hostname, `*`. */
function listeners({ apps }: Adapted): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const server of Object.values(apps.http.servers)) {
    const closed = closedNames(server);
    for (const { match = [{}] } of server.routes) {
      for (const host of match.flatMap(({ host: hosts = ["*"] }) => hosts))
        if (!closed.includes(host)) (found[host] ??= []).push(...server.listen);
    }
  }
  return Object.fromEntries(Object.entries(found).map(([host, ports]) => [host, ports.sort()]));
}

const closedNames = ({ tls_connection_policies: policies = [] }: Server): string[] =>
  policies.flatMap(({ match, cipher_suites: suites }) =>
    suites?.join() === "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" ? (match?.sni ?? []) : [],
  );

/** The check has no secrets, and what listens for plain HTTP only redirects. */
const EXPECTED = /placeholder: failed to read file.*\/run\/secrets\/ovh_|server is listening only on the HTTP port/;

test.each(STACKS)("%s: Caddy accepts its Caddyfile, without a warning", async (_name, given) => {
  const { code, stderr } = await open(given).validate();
  expect([code, stderr]).toEqual([0, expect.stringContaining('"msg":"adapted config to JSON"')]);
  const complaints = stderr.split("\n").filter((line) => /"level":"(warn|error)"/.test(line));
  expect(complaints.filter((line) => !EXPECTED.test(line))).toEqual([]);
});

test("a Caddyfile with a mistake is refused", async () => {
  const { code, stderr } = await open({}).validate((content) => content.replace("reverse_proxy", "reverse_prxy"));
  expect([code, stderr]).toEqual([1, expect.stringContaining("unrecognized directive: reverse_prxy")]);
});

test("prod: Caddy itself reads that n8n is on the VPN listener alone, and CouchDB on the public one", async () => {
  expect(listeners(await adapted({ runs: core }, [COUCHDB]))).toEqual({
    "*": [":2020", ":443", ":80", ":8080", ":8443"],
    "ewutelo.cloud": [":443"],
    "mayi.ewutelo.cloud": [":8443"],
    "couch.ewutelo.cloud": [":443"],
  });
});

test("CouchDB is on the VPN listener alone once that is enforced", async () => {
  const found = listeners(await adapted({ runs: core }, [{ ...COUCHDB, access: "vpn" }]));
  expect(found["couch.ewutelo.cloud"]).toEqual([":8443"]);
});

test("lab: n8n is on both", async () => {
  const found = listeners(await adapted(LAB));
  expect(found["mayi.vpai.test"]).toEqual([":443", ":8443"]);
  expect(found["vpai.test"]).toEqual([":443"]);
});

test("certificates come from OVH's DNS challenge in prod, and from Caddy's own authority in the lab", async () => {
  const issuers = async (given: Given): Promise<[string, string | undefined][]> => {
    const { apps } = await adapted(given);
    const all = (apps.tls?.automation.policies ?? []).flatMap((policy) => policy.issuers);
    return all.map(({ module, challenges }) => [module, challenges?.dns?.provider.name]);
  };
  const prod = await issuers({});
  expect(prod.length).toBeGreaterThan(0);
  expect(new Set(prod.map(([, provider]) => provider))).toEqual(new Set(["ovh"]));
  const inLab = await issuers(LAB);
  expect(inLab.length).toBeGreaterThan(0);
  expect(new Set(inLab.map(([module]) => module))).toEqual(new Set(["internal"]));
});

describe("Caddy with several parts of one hostname", () => {
  /** Each answers with its port; what is on 9005 is a folder with one file. */
  const PARTS: Exposure[] = [
    { subdomain: "", path: "/hooks/*", port: 9001, access: "public" },
    { subdomain: "both", path: "/open/*", port: 9001, access: "public" },
    { subdomain: "both", path: "/open/inner/*", port: 9002, access: "vpn" },
    { subdomain: "both", port: 9003, access: "vpn" },
    { subdomain: "files", path: "/strip/*", stripPath: true, port: 9005, access: "public" },
    { subdomain: "files", path: "/keep/*", port: 9005, access: "public" },
  ];
  const upstream: Service = serviceWith({ name: "127.0.0.1", expose: PARTS });

  let container: ServiceContainer;

  beforeAll(async () => {
    container = open({ domain: "vpai.test", tls: "internal", runs: [upstream] });
    await container.start({}, "/data", ["vpai.test", "both.vpai.test", "files.vpai.test"]);
    const answer = (port: number): string => `caddy respond --listen 127.0.0.1:${port} --body ${port} &`;
    const { code, stderr } = container.run([
      ...["sh", "-euc"],
      `mkdir /data/www; echo here >/data/www/file
       { ${[9001, 9002, 9003].map(answer).join(" ")} caddy file-server --listen 127.0.0.1:9005 --root /data/www & } >/dev/null 2>&1`,
    ]);
    if (code !== 0) throw new Error(stderr);
    const upstreams = [9001, 9002, 9003, 9005].map((port) => `http://127.0.0.1:${port}/`);
    // Caddy listens before it has issued its certificates.
    const sites = ["vpai.test", "both.vpai.test", "files.vpai.test"].map((name) => `https://${name}/`);
    await eventually(() => [...upstreams, ...sites].map(get));
  });

  /** The body of an answer, or the status of one that is no success. @throws Error where nothing answers */
  function get(url: string): string {
    const authority = "/data/caddy/pki/authorities/local/root.crt";
    const asked = container.run(["wget", "-nv", "--server-response", "-O", "-", `--ca-certificate=${authority}`, url]);
    const [, status] = / HTTP\/\S+ (\d+)/.exec(asked.stderr) ?? [];
    if (status === undefined) throw new Error(`${url}: ${asked.stderr}`);
    return asked.code === 0 ? asked.stdout.trim() : status;
  }

  test.each([
    ["https://vpai.test/health", "OK"],
    ["https://vpai.test/hooks/a/b", "9001"],
    ["https://vpai.test/hooks", "404"],
    ["https://vpai.test/", "404"],
    ["https://both.vpai.test/open/x", "9001"],
    ["https://both.vpai.test/open/inner/x", "9001"],
    ["https://both.vpai.test/", "404"],
    ["https://both.vpai.test:8443/open/x", "9001"],
    ["https://both.vpai.test:8443/open/inner/x", "9002"],
    ["https://both.vpai.test:8443/", "9003"],
    ["https://files.vpai.test/strip/file", "here"],
    ["https://files.vpai.test/keep/file", "404"],
  ])("%s gives %s", (url, expected) => {
    expect(get(url)).toBe(expected);
  });
});
