import { allServices } from "../../../services";
import caddy from "../../../services/caddy";
import type { ServiceContext } from "../../../services/model";
import { PROD, ServiceContainer } from "./service-container";

jest.setTimeout(1_200_000);

/** What Caddy makes of a Caddyfile, as far as we look. */
interface Adapted {
  admin: { listen: string };
  apps: {
    http: { servers: Record<string, { listen: string[]; routes: Route[]; protocols?: string[] }> };
    tls?: {
      automation: {
        policies: { issuers: { module: string; challenges?: { dns?: { provider: { name: string } } } }[] }[];
      };
    };
  };
}

interface Route {
  match?: { host?: string[] }[];
  handle: unknown[];
}

const STACKS: [string, Omit<ServiceContext, "services">][] = [
  ["prod", PROD],
  ["prod without enforced VPN", { ...PROD, vpnEnforce: false, acmeEmail: "me@ewutelo.cloud" }],
  ["lab", { ...PROD, domain: "vpai.test", tls: "internal", vpnEnforce: false }],
];

let container: ServiceContainer;

const open = (context: Omit<ServiceContext, "services">): ServiceContainer =>
  (container = new ServiceContainer(caddy, { ...context, services: allServices }, "caddy"));

afterEach(() => container.remove());

const check = caddy.files?.({ ...PROD, services: [] })[0]?.validate ?? [];

async function adapted(context: Omit<ServiceContext, "services">): Promise<Adapted> {
  const { code, stdout, stderr } = await open(context).check(["caddy", "adapt", "--config", "/etc/caddy/Caddyfile"]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Adapted;
}

/** Listeners by hostname; of a route without hostname, `*`. */
function listeners({ apps }: Adapted): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { listen, routes } of Object.values(apps.http.servers)) {
    for (const { match = [{}] } of routes) {
      for (const host of match.flatMap(({ host: hosts = ["*"] }) => hosts)) (found[host] ??= []).push(...listen);
    }
  }
  return found;
}

/** The check has no secrets, and what listens for plain HTTP only redirects. */
const EXPECTED = /placeholder: failed to read file.*\/run\/secrets\/ovh_|server is listening only on the HTTP port/;

test.each(STACKS)("%s: Caddy accepts its Caddyfile, without a warning", async (_name, context) => {
  const { code, stderr } = await open(context).check(check);
  expect([code, stderr]).toEqual([0, expect.stringContaining('"msg":"adapted config to JSON"')]);
  const complaints = stderr.split("\n").filter((line) => /"level":"(warn|error)"/.test(line));
  expect(complaints.filter((line) => !EXPECTED.test(line))).toEqual([]);
});

test("a Caddyfile with a mistake is refused", async () => {
  const broken = open(PROD);
  const files = broken.files((content) => content.replace("reverse_proxy", "reverse_prxy"));
  const { code, stderr } = await broken.check(check, files);
  expect([code, stderr]).toEqual([1, expect.stringContaining("unrecognized directive: reverse_prxy")]);
});

test("prod: Caddy itself reads that n8n is on the VPN listener alone", async () => {
  expect(listeners(await adapted(PROD))).toEqual({
    "*": [":80", ":2020"],
    "ewutelo.cloud": [":443"],
    "mayi.ewutelo.cloud": [":8443"],
  });
});

test("lab: n8n is on both", async () => {
  const found = listeners(await adapted({ ...PROD, domain: "vpai.test", tls: "internal", vpnEnforce: false }));
  expect(found["mayi.vpai.test"]?.sort()).toEqual([":443", ":8443"]);
  expect(found["vpai.test"]).toEqual([":443"]);
});

test("certificates come from OVH's DNS challenge in prod, and from Caddy's own authority in the lab", async () => {
  const issuers = async (context: Omit<ServiceContext, "services">): Promise<[string, string | undefined][]> => {
    const { apps } = await adapted(context);
    const all = (apps.tls?.automation.policies ?? []).flatMap((policy) => policy.issuers);
    container.remove();
    return all.map(({ module, challenges }) => [module, challenges?.dns?.provider.name]);
  };
  const prod = await issuers(PROD);
  expect(prod.length).toBeGreaterThan(0);
  expect(new Set(prod.map(([, provider]) => provider))).toEqual(new Set(["ovh"]));
  const inLab = await issuers({ ...PROD, domain: "vpai.test", tls: "internal", vpnEnforce: false });
  expect(inLab.length).toBeGreaterThan(0);
  expect(new Set(inLab.map(([module]) => module))).toEqual(new Set(["internal"]));
});
