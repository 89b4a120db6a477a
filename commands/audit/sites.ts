import tls from "node:tls";
import { exchange, type SiteRequest, type Transport } from "@vpai/providers";

/** How a site answers. */
export interface SeenSite {
  hostname: string;
  address: string;
  /** Headers of its answer; undefined where none came. */
  headers: Readonly<Record<string, string | undefined>> | undefined;
  /** Whether it takes part in a handshake of TLS 1.1; undefined where nobody could find out. */
  takesOldTls: boolean | undefined;
}

/** Asks each site of a host once, as its own host reaches it: the public ones, and those of the VPN. */
export async function seeSites(host: Transport, requests: readonly SiteRequest[]): Promise<SeenSite[]> {
  const open = requests.filter(({ closed }) => !closed);
  const sites = [...new Map(open.map((one) => [`${one.hostname} ${one.address}`, one])).values()];
  const seen: SeenSite[] = [];
  for (const site of sites) seen.push(await seeSite(host, site));
  return seen;
}

async function seeSite(host: Transport, site: SiteRequest): Promise<SeenSite> {
  const { hostname, address } = site;
  const headers = await headersOf(host, site).catch(() => undefined);
  return { hostname, address, headers, takesOldTls: await takesOld(host, site) };
}

/** Whose certificate it is, each `up` checks. Here nothing is sent that somebody else might not know. */
const ANYBODYS = { rejectUnauthorized: false } as const;

const headersOf = (host: Transport, { hostname, address, port, path }: SiteRequest) =>
  host.forward(address, port, async (stream) => {
    const secured = tls.connect({ socket: stream, servername: hostname, ...ANYBODYS });
    const { headers } = await exchange(secured, { method: "GET", path, headers: { host: hostname }, timeout: 10 });
    return headers as Record<string, string | undefined>;
  });

/** Milliseconds that a handshake may take. */
const PATIENCE = 10_000;

/** Handshakes of TLS 1.1 and 1.0, which our own library takes part in at its lowest level alone. */
const OLD = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;

async function takesOld(host: Transport, { hostname, address, port }: SiteRequest): Promise<boolean | undefined> {
  const tried = host.forward(
    address,
    port,
    (stream) =>
      new Promise<boolean | undefined>((resolve) => {
        const secured = tls.connect({ socket: stream, servername: hostname, ...ANYBODYS, ...OLD });
        const late = setTimeout(() => secured.destroy(new Error("late")), PATIENCE);
        secured.once("secureConnect", () => resolve(true));
        // The other end says that it knows no such version; all else is not known.
        secured.on("error", ({ code }: NodeJS.ErrnoException) =>
          resolve(code === "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION" ? false : undefined),
        );
        secured.once("close", () => {
          clearTimeout(late);
          resolve(undefined);
        });
      }),
  );
  return tried.catch(() => undefined);
}
