import { z } from "zod";
import { parseJson } from "../../model/foreign-json";
import { lookUntil } from "../../model/look-until";
import type { Transport } from "../ssh/transport";
import { Unreadable } from "../unreadable";

/** What a computer's Tailscale says of itself (ipn/ipnstate/ipnstate.go). */
const statusSchema = z.object({
  /** `Running`, `NeedsLogin`, `Stopped`, `Starting` and others. */
  BackendState: z.string(),
  TailscaleIPs: z.array(z.string()).nullish(),
  Self: z.object({ PublicKey: z.string(), Online: z.boolean() }),
});

export type Status = z.infer<typeof statusSchema>;

/** How a computer joins. */
interface Login {
  /** Its name in the VPN. */
  node: string;
  /** `https://…` */
  server: string;
  /** Lets it in, once. */
  key: string;
}

/** Seconds that joining may take. */
const TIMEOUT = 60;

/** The key comes on standard input and is in a file for as long as the command runs. Arguments: the command. */
const WITH_KEY = `set -eu; umask 077
key=$(mktemp /run/vpn-key.XXXXXX); trap 'rm -f "$key"' EXIT; cat >"$key"
"$@" "--auth-key=file:$key"`;

/** @param command the client's, an absolute path @throws Unreadable when its daemon does not answer */
export async function statusOf(host: Transport, command: string): Promise<Status> {
  const { code, stdout, stderr } = await host.run([command, "status", "--json", "--peers=false"], { reads: true });
  // It exits with 1 where it is no member, and tells so all the same.
  if (!stdout.trimStart().startsWith("{"))
    throw new Unreadable(`Tailscale on ${host.name} does not say how it is (exit code ${code}): ${stderr.trim()}`);
  return parseJson(statusSchema, stdout, `what Tailscale on ${host.name} says of itself`);
}

/** Joins, whatever it was a member of before. The host's resolver and routes of others are left alone. */
export async function join(host: Transport, command: string, { node, server, key }: Login): Promise<void> {
  const flags = [
    ...["--reset", "--force-reauth", `--login-server=${server}`, `--hostname=${node}`],
    ...["--accept-dns=false", "--accept-routes=false", "--accept-risk=all", `--timeout=${TIMEOUT}s`],
  ];
  await host.script(WITH_KEY, [command, "up", ...flags], { stdin: key });
}

/**
 * Waits until it is in, and at an address. @param seconds at most
 * @returns undefined then; otherwise what was found instead, in words
 */
export const becomesMember = (
  host: Transport,
  command: string,
  { address, seconds }: { address: string; seconds: number },
): Promise<string | undefined> =>
  lookUntil(
    async () => faultOf(await statusOf(host, command), address),
    (fault) => fault === undefined,
    { pause: 2000, seconds },
  );

/** What is wrong with a member that is to have an address, in words. */
export function faultOf({ BackendState, TailscaleIPs, Self }: Status, address: string): string | undefined {
  if (BackendState === "NeedsLogin") return "logged out";
  if (BackendState !== "Running") return BackendState.toLowerCase();
  const [own = "none"] = TailscaleIPs ?? [];
  if (own !== address) return `at the address ${own}`;
  return Self.Online ? undefined : "offline";
}
