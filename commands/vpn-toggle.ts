import type { StackConfig } from "../config";
import type { Platform } from "../model/platform";
import { platformNamed } from "../platforms";
import { isMeant } from "./terminal/confirm";
import type { DeployedHost } from "./stack/hosts";
import { chosenStack, main, prepareStack, pulumiOutput } from "./stack/pulumi";
import { currentHosts } from "./reach/stack";
import { isRotating } from "./rotate/pending";
import { describedStack } from "./rotate/stack";
import { providePassphrase } from "./secrets/passphrase";
import { table } from "./terminal/table";
import { bringUp } from "./up/bring-up";
import { tellGateways } from "./vpn-toggle/gateways";
import { seen, type Seen, seenAs } from "./vpn-toggle/look";
import {
  expectVpn,
  settingOf,
  type Toggle,
  type ToggledSite,
  toggledSites,
  toggleOf,
  withToggle,
} from "./vpn-toggle/switch";

/** A stack whose switch is thrown. */
interface Run {
  stack: string;
  platform: Platform;
  config: StackConfig;
  given: readonly string[];
  hosts: Readonly<Record<string, DeployedHost>>;
  sites: readonly ToggledSite[];
}

/**
 * `make vpn-toggle [VPN=on|off] [SITE=couch] [YES=1]`: whether VPN-only sites answer everybody, or members of the VPN alone; with SITE,
 * that of a site which has a switch of its own. Closing comes before all else, opening is what `up` does last; killed, `up` goes on.
 * The lab is not asked.
 */
main(async () => {
  const stack = chosenStack();
  await providePassphrase(stack);
  await prepareStack(stack);
  const { config, views, secrets } = await describedStack(stack);
  const toggle = toggleOf(process.env, views);
  const platform = platformNamed(config.platform);
  const setting = settingOf(process.env, views);
  const sites = toggledSites(setting, config, platform);
  const given = secrets.flatMap(({ declaration: { name }, value }) => (value === undefined ? [] : [name]));
  const run = { stack, platform, config, given, sites, hosts: await currentHosts(stack) };
  if (toggle === undefined) return told(run, setting);
  if (sites.length === 0)
    throw new Error(
      `expected a site that vpai:${setting} opens or closes, found none: vpai:vpnEnforce is false, and all are open`,
    );
  if (toggle.isOn) expectVpn(sites, config);
  if (isRotating(stack))
    throw new Error(
      "expected no rotation under way, found one in the stack's file: make up finishes it, then once more",
    );
  console.log(planned(sites, toggle));
  if (stack !== "lab" && !(await isMeant())) {
    console.log("Nothing was changed: YES=1 does it.");
    return 0;
  }
  return (await throwSwitch(run, toggle)) === 0 ? verified(run, toggle) : 1;
});

/** Which sites the switch is about, and how they are now. */
async function told(run: Run, setting: string): Promise<number> {
  const rows = await Promise.all(
    run.sites.map(async (site) => [site.hostname, site.host, await seen(site, addressOf(site, run))]),
  );
  console.log(table(["site", "host", "for everybody"], rows));
  const isOn = setting === "vpnEnforce" ? run.config.vpnEnforce : run.config.settings[setting] === true;
  console.log(
    `vpai:${setting} is ${String(isOn)}: VPN=on closes them to everybody but members of the VPN, VPN=off opens them.`,
  );
  return 0;
}

function planned(sites: readonly ToggledSite[], { setting, isOn }: Toggle): string {
  const [from, to] = isOn ? ["everybody", "members of the VPN"] : ["members of the VPN", "everybody"];
  const rows = sites.map(({ hostname, host }) => [hostname, host, `${from} -> ${to}`]);
  return `${table(["site", "host", `vpai:${setting}`], rows)}\n`;
}

/** @returns the exit code; where it is not 0, nothing that has to be closed was opened */
async function throwSwitch(run: Run, toggle: Toggle): Promise<number> {
  const { stack } = run;
  const faults = toggle.isOn ? await tell(run, toggle) : [];
  await pulumiOutput(stack, "config", "set", `vpai:${toggle.setting}`, String(toggle.isOn), "--stack", stack);
  console.log(`vpai:${toggle.setting} is ${String(toggle.isOn)} in Pulumi.${stack}.yaml; up follows.`);
  const code = await bringUp({ stack, unattended: true });
  if (code !== 0)
    console.error(
      toggle.isOn
        ? "What was told above as closed is closed. make up goes on with the rest."
        : "A gateway opens its sites last: what did not come that far is closed. The same command goes on.",
    );
  // A gateway that was closed by a run which was cut short has another file than the state knows.
  if (code === 0 && !toggle.isOn) faults.push(...(await tell(run, toggle)));
  return code === 0 && faults.length === 0 ? 0 : Math.max(code, 1);
}

/** @returns hosts that could not be told */
async function tell(run: Run, toggle: Toggle): Promise<string[]> {
  const names = [...new Set(run.sites.map(({ host }) => host))];
  const outcomes = await tellGateways(names, { ...run, config: withToggle(run.config, toggle) });
  const isAway = (host: string): boolean => run.hosts[host]?.unreachable === "defer";
  const done = toggle.isOn ? "closed. Streams that are open end within 5 minutes." : "open.";
  for (const { host, fault } of outcomes)
    if (fault === undefined) console.log(`${host}: ${done}`);
    else if (isAway(host)) console.log(`${host}: away, and told by the up that reaches it: ${fault}`);
    else console.error(`${host}: its gateway could not be told: ${fault}`);
  return outcomes.flatMap(({ host, fault }) => (fault === undefined || isAway(host) ? [] : [host]));
}

const addressOf = ({ host }: ToggledSite, { hosts }: Run): string => hosts[host]?.publicAddress ?? "";

/** Asks every site as somebody outside the VPN. @returns 0 where all are as they should be, as far as this machine can tell */
async function verified(run: Run, { isOn }: Toggle): Promise<number> {
  const wanted: Seen = isOn ? "closed" : "open";
  const rows = await Promise.all(
    run.sites.map(async (site) => ({ site, found: await seenAs(wanted, site, addressOf(site, run)) })),
  );
  console.log(
    `\n${table(
      ["site", "host", "for everybody"],
      rows.map(({ site, found }) => [site.hostname, site.host, found]),
    )}`,
  );
  if (rows.some(({ found }) => found === "not known"))
    console.log("What is not known could not be reached from here; up's own checks asked from its host.");
  const wrong = rows.filter(({ found }) => found !== wanted && found !== "not known");
  if (wrong.length > 0)
    console.error(`expected ${wanted}, found otherwise: ${wrong.map(({ site }) => site.hostname).join(", ")}`);
  return wrong.length === 0 ? 0 : 1;
}
