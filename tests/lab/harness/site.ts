import https from "node:https";
import type { LookupFunction } from "node:net";
import type { LabHost } from "./host";

/** What a website answered. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/**
 * A GET over HTTPS to a site of a host, through the host's public address and under the site's own name, as a browser
 * outside would. The certificate is verified against the authority of the host's Caddy.
 * @param url full address, e.g. `https://mayi.vpai.test/healthz`
 */
export async function get(host: LabHost, url: string, authority: string): Promise<Answer> {
  const lookup: LookupFunction = (_name, options, done) =>
    options.all === true ? done(null, [{ address: host.publicAddress, family: 4 }]) : done(null, host.publicAddress, 4);
  return new Promise((resolve, reject) => {
    const request = https.get(url, { ca: authority, lookup, agent: false, timeout: 10_000 }, (response) => {
      const body: Buffer[] = [];
      response.on("data", (chunk: Buffer) => body.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(body).toString("utf8"),
        }),
      );
    });
    request.on("timeout", () => request.destroy(new Error(`${url}: no answer within 10 s`)));
    request.on("error", reject);
  });
}

/**
 * The root certificate of the authority that a host's Caddy signs its lab certificates with.
 * @param caddy name of its container
 */
export const authorityOf = (host: LabHost, caddy = "vpai_caddy"): Promise<string> =>
  host.docker("exec", caddy, "cat", "/data/caddy/pki/authorities/local/root.crt");
