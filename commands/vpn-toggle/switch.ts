import type { StackConfig } from "../../config";
import type { HostView } from "../../model/context";
import { type Finding, problemsOf } from "../../model/finding";
import type { Platform } from "../../model/platform";
import { promiseOf } from "../../model/promises";
import { type Exposure, hostnameOf } from "../../model/site";
import { stackViews } from "../../platforms";

/** What is asked of the command. */
export interface Toggle {
  /** `vpnEnforce`, or the setting that a site of its own goes by. */
  setting: string;
  /** Whether what it is about is for members of the VPN alone. */
  isOn: boolean;
}

/** A site whose access the switch is about. */
export interface ToggledSite {
  /** Name of the host whose gateway answers. */
  host: string;
  hostname: string;
  /** Path that is asked to find out. */
  path: string;
  /** Status that the site answers there with. */
  status: number;
}

const TITLE = "What the command was given";

/** What VPN and SITE ask for; undefined where nothing is to be changed. @throws UserError for what means nothing */
export function toggleOf(
  { VPN: wanted = "", SITE: site = "" }: { VPN?: string | undefined; SITE?: string | undefined },
  views: readonly HostView[],
): Toggle | undefined {
  const findings: Finding[] = [];
  const setting = site === "" ? "vpnEnforce" : settingsBySite(views).get(site);
  if (setting === undefined)
    findings.push({
      where: "SITE",
      expected: `a site that has a switch of its own: ${[...settingsBySite(views).keys()].join(", ") || "this stack has none"}`,
      found: JSON.stringify(site),
      mend: "leave SITE out, for all VPN-only sites",
    });
  if (!["", "on", "off"].includes(wanted))
    findings.push({
      where: "VPN",
      expected: "on, off, or nothing to see which sites it is about",
      found: JSON.stringify(wanted),
      mend: "make vpn-toggle VPN=on",
    });
  if (findings.length > 0) throw problemsOf(TITLE, findings);
  return wanted === "" || setting === undefined ? undefined : { setting, isOn: wanted === "on" };
}

/** The setting that a site goes by, which {@link toggleOf} has found to be there, whether it is to be changed or not. */
export const settingOf = ({ SITE: site = "" }: { SITE?: string | undefined }, views: readonly HostView[]): string =>
  settingsBySite(views).get(site) ?? "vpnEnforce";

/** Settings that make one site VPN-only, by the site. */
function settingsBySite(views: readonly HostView[]): Map<string, string> {
  const sites = views.flatMap(({ services }) => services.flatMap(({ expose = [] }) => expose));
  return new Map(
    sites.flatMap(({ subdomain, vpnWhen }): [string, string][] =>
      vpnWhen === undefined ? [] : [[subdomain, vpnWhen]],
    ),
  );
}

/** The stack with the switch thrown. */
export function withToggle(config: StackConfig, { setting, isOn }: Toggle): StackConfig {
  if (setting === "vpnEnforce") return { ...config, vpnEnforce: isOn };
  return { ...config, settings: { ...config.settings, [setting]: isOn } };
}

/** Sites that are for members of the VPN alone with a switch on, and for everybody with it off. */
export function toggledSites(setting: string, config: StackConfig, platform: Platform): ToggledSite[] {
  const closed = openIn(withToggle(config, { setting, isOn: true }), platform);
  const open = openIn(withToggle(config, { setting, isOn: false }), platform);
  return [...open].filter(([name]) => !closed.has(name)).map(([, site]) => site);
}

/** All sites that everybody may reach, by hostname and path. */
function openIn(config: StackConfig, platform: Platform): Map<string, ToggledSite> {
  const sites = stackViews(platform, config).flatMap(({ name, vpnAddress, services }) =>
    services.flatMap(({ expose = [] }) =>
      expose
        .filter(
          ({ access, via = name }) =>
            (access === "public" || !config.vpnEnforce) && (via === name || vpnAddress !== undefined),
        )
        .map((site) => siteOf(site, name, config)),
    ),
  );
  return new Map(sites.map(({ key, site }) => [key, site]));
}

function siteOf(site: Exposure, own: string, { domain }: StackConfig): { key: string; site: ToggledSite } {
  const { path, status } = promiseOf(site);
  const hostname = hostnameOf(site, domain);
  return {
    key: `${hostname}${site.path ?? ""}`,
    site: { host: site.via ?? own, hostname, path, status: status ?? 200 },
  };
}

/** A closed site of a host without a VPN address answers nobody. @throws UserError */
export function expectVpn(sites: readonly ToggledSite[], config: StackConfig): void {
  const lacking = [...new Set(sites.map(({ host }) => host))].filter(
    (host) => config.hosts[host]?.vpnAddress === undefined,
  );
  if (lacking.length === 0) return;
  throw problemsOf(
    "The VPN",
    lacking.map((host) => ({
      where: `vpai:hosts.${host}.vpnAddress`,
      expected: "the host's address in the VPN, where its sites then answer alone",
      found: "none: nobody could reach them",
      mend: "set it; nothing was changed",
    })),
  );
}
