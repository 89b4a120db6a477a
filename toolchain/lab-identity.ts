import { createHash } from "node:crypto";
import path from "node:path";
import { projectRoot } from "./environment";

/** What a checkout's lab calls its things on this machine: two checkouts never share a name, a subnet or a port. */
export interface LabIdentity {
  /** Six hexadecimal digits of the checkout's path. */
  id: string;
  /** First part of the names of containers, networks and volumes. */
  prefix: string;
  /** The lab network, a /24 of 10.64.0.0/10. */
  subnet: string;
  /** An address of the lab network by its last byte. */
  address: (last: number) => string;
  /** Port on 127.0.0.1 through which images are pushed into the lab registry. */
  registryPort: number;
  /** The operator's generated private key. */
  identityFile: string;
  /** Copy of the private key that a lab machine proves itself with. */
  hostKeyFile: (host: string) => string;
}

/** The lab of a checkout. @param root absolute path of the checkout; default: this one */
export function labIdentity(root: string = projectRoot): LabIdentity {
  const digest = createHash("sha256").update(root).digest();
  const id = digest.toString("hex").slice(0, 6);
  const [second, third] = [64 + (digest.readUInt8(4) % 64), digest.readUInt8(5)];
  return {
    id,
    prefix: `vpai-lab-${id}`,
    subnet: `10.${second}.${third}.0/24`,
    address: (last) => `10.${second}.${third}.${last}`,
    registryPort: 20_000 + (digest.readUInt16BE(6) % 10_000),
    identityFile: path.join(root, ".vpai", "lab", "ssh", "id_ed25519"),
    hostKeyFile: (host) => path.join(root, ".vpai", "lab", "ssh", `host-key-${host}`),
  };
}
