import { createHash } from "node:crypto";

/** Keys of a person's account at OVH, as https://eu.api.ovh.com/createToken/ gives them out. */
export interface OvhKeys {
  applicationKey: string;
  applicationSecret: string;
  consumerKey: string;
}

/** What of a request is signed. */
interface SignedRequest {
  method: string;
  /** Whole URL with its query, byte for byte as it is sent. */
  url: string;
  /** Empty where there is none. */
  body: string;
  /** Seconds since 1970, by OVH's clock. */
  timestamp: number;
}

/** `X-Ovh-Signature`: OVH knows the secret and computes the same. */
export function signatureOf(
  { applicationSecret, consumerKey }: Pick<OvhKeys, "applicationSecret" | "consumerKey">,
  { method, url, body, timestamp }: SignedRequest,
): string {
  const signed = [applicationSecret, consumerKey, method, url, body, timestamp].join("+");
  return `$1$${createHash("sha1").update(signed).digest("hex")}`;
}
