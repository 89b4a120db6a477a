import { webcrypto } from "node:crypto";

/** OVH's formula, computed by another library than the client's. */
export async function expectedSignature(parts: readonly (string | number)[]): Promise<string> {
  const digest = await webcrypto.subtle.digest("SHA-1", new TextEncoder().encode(parts.join("+")));
  return `$1$${[...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
