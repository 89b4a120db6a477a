import { contextOf, hostViews } from "../../../../../../platforms/contexts";
import vpai from "../../../../../../platforms/vpai/platform";
import { vpnPolicy } from "../../../../../../platforms/vpai/services/headscale/policy";
import { STACK } from "../../../../../context";

/** docs/requirements.md#hosts; the hub's own address has no source. */
const ADDRESSES: Readonly<Record<string, string>> = {
  "sese-ai": "100.64.0.14",
  "seko-vpn": "100.64.0.9",
  workstation: "100.64.0.1",
};

const USERS = { members: ["people"], operators: ["operators"] };

interface Policy {
  hosts: Record<string, string>;
  acls: { action: string; proto: string; src: string[]; dst: string[] }[];
}

/** @param without host that is no node of the VPN @param settings of the stack, beside those of the tests */
function policy(without?: string, settings: object = {}): Policy {
  const views = hostViews(vpai).map((view) => ({
    ...view,
    vpnAddress: view.name === without ? undefined : ADDRESSES[view.name],
    ...(view.name === "sese-ai" ? { sshPort: 804 } : {}),
  }));
  return JSON.parse(
    vpnPolicy(contextOf("seko-vpn", { ...STACK, settings: { ...STACK.settings, ...settings } }, views), USERS),
  ) as Policy;
}

/** Whether somebody reaches a port, as Headscale decides it: by a rule that accepts, else not. */
const reaches = (from: string, to: string, port: number, proto = "tcp"): boolean =>
  policy().acls.some(
    (rule) =>
      rule.proto === proto &&
      rule.src.includes(from) &&
      rule.dst.some((target) => {
        const [host, ports = ""] = target.split(":");
        return host === to && ports.split(",").includes(String(port));
      }),
  );

test("hosts are known by their addresses, and every rule accepts", () => {
  const { hosts, acls } = policy();
  expect(hosts).toEqual({ "sese-ai": "100.64.0.14/32", "seko-vpn": "100.64.0.9/32", workstation: "100.64.0.1/32" });
  expect(acls.map(({ action }) => action)).toEqual(acls.map(() => "accept"));
  expect(JSON.stringify(acls)).not.toContain("*");
});

/** docs/requirements.md: which host asks which one, and what for. */
test.each([
  ["people come to VPN-only sites", "people@", "sese-ai", 443],
  ["by HTTP, too, which sends them on", "people@", "workstation", 80],
  ["operators as well", "operators@", "seko-vpn", 443],
  ["operators log in, where sshd is", "operators@", "sese-ai", 804],
  ["and elsewhere", "operators@", "workstation", 22],
  ["Caddy passes on to CouchDB", "sese-ai", "seko-vpn", 5984],
  ["n8n asks ComfyUI and Remotion", "sese-ai", "workstation", 443],
  ["the hub's collector writes, Uptime Kuma asks, the relay passes on", "seko-vpn", "sese-ai", 443],
  ["Uptime Kuma asks the studio", "seko-vpn", "workstation", 443],
  ["the workstation's collector writes", "workstation", "sese-ai", 443],
  ["ComfyUI's notes go to CouchDB", "workstation", "seko-vpn", 5984],
  ["Sese-AI's backups tell Uptime Kuma how they ended", "sese-ai", "seko-vpn", 443],
  ["the workstation's as well", "workstation", "seko-vpn", 443],
])("%s", (_why, from, to, port) => expect(reaches(from, to, port)).toBe(true));

test("copies of backups are fetched by the hub's login at each host, and by nobody else's", () => {
  const withCopies = policy(undefined, { backupsBucket: "vpai-backups" }).acls;
  const logins = withCopies.filter(({ src, dst }) => src.includes("seko-vpn") && /:.*\b(22|804)\b/.test(dst.join()));
  expect(logins.flatMap(({ dst }) => dst)).toEqual(["sese-ai:443,804", "workstation:22,443"]);
  expect(JSON.stringify(withCopies.filter(({ src }) => src.includes("sese-ai")))).not.toMatch(/:(.*,)?22\b/);
});

test("HTTP/3 is for people, too", () => expect(reaches("people@", "sese-ai", 443, "udp")).toBe(true));

test.each([
  ["people do not log in", "people@", "sese-ai", 804],
  ["nor do they reach CouchDB", "people@", "seko-vpn", 5984],
  ["operators come to CouchDB by its site", "operators@", "seko-vpn", 5984],
  ["hosts do not log in to each other", "sese-ai", "workstation", 22],
  ["nor the hub", "seko-vpn", "sese-ai", 804],
  ["nor by HTTP", "workstation", "seko-vpn", 80],
  ["databases are nobody's", "workstation", "sese-ai", 5432],
  ["nor has the hosts' user rights of its own", "hosts@", "sese-ai", 443],
])("%s", (_why, from, to, port) => expect(reaches(from, to, port)).toBe(false));

test("a host outside the VPN is in no rule", () => {
  expect(JSON.stringify(policy("workstation"))).not.toContain("workstation");
  expect(policy("workstation").acls.flatMap(({ dst }) => dst)).toContain("seko-vpn:443,5984");
});

test("without any node nobody reaches anything", () => {
  const views = hostViews(vpai);
  expect(JSON.parse(vpnPolicy(contextOf("seko-vpn", STACK, views), USERS))).toEqual({ hosts: {}, acls: [] });
});
