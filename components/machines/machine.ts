import type { Input, Output, Resource } from "@pulumi/pulumi";
import type { Connection } from "@vpai/providers";
import type { SystemPart } from "../../model/hardening/system";
import type { Login } from "./registry-logins";

/** Where a host gets an image from, and what has to happen first. */
export interface ImageSource {
  /** Content to pull, `sha256:…`: the host pulls `<reference>@<digest>`. Absent: what the reference itself says. */
  digest?: Input<string>;
  dependsOn: Resource[];
  /** Version of the program inside, where the reference's tag does not tell it. */
  version?: string;
}

/** A host's computer, wherever it comes from. */
export interface Machine {
  connection: Output<Connection>;
  /** How it lets us in until its sshd is as the stack wants it, where that is another way. Default: by `connection`. */
  arrival?: Output<Connection>;
  /** Address that the world reaches the host on. */
  publicAddress: Output<string>;
  /** Address of its own that public ports listen on. */
  bindAddress: Output<string>;
  /** The resource that everything on the host vanishes with; undefined for a machine that outlives the stack. */
  vanishesWith: Resource | undefined;
  /** Whether what holds data on it is protected from deletion. */
  protects: boolean;
  /** How the host logs in at the registries that it pulls from. */
  logins: readonly Login[];
  /** Whether others use its memory, too: what the stack's file says of it is then the platform's size, not the computer's. */
  sharesMemory: boolean;
  /** Processors of its engine, where they may be fewer than the platform's computer has: nothing gets more. Default: as many as asked for. */
  processors?: number;
  /** Whether its kernel is its own: otherwise only what its network has of its own is set. Default: true. */
  ownsKernel?: boolean;
  /** Parts of its system that it has from somebody else: they are left as they are. Default: none. */
  borrows?: readonly SystemPart[];
  /** Public key that the stack made to log in with; a machine of somebody else's has none. */
  loginKey?: Output<string>;
  /** Names of the interfaces by which packets of the VPN come in. Default: Tailscale's, `tailscale0`. */
  vpnInterfaces?: readonly string[];
  /** Addresses that no container on it may reach: of what the machine itself stands on. Default: none. */
  foundations?: readonly string[];
  /** Networks in CIDR form that are the Internet to it, though their addresses are private. Default: none. */
  internet?: readonly string[];
  /** Where the host pulls an image from. */
  imageSource(reference: string): ImageSource;
  /** Image that has a program which the host does not get as production does. Default: it gets every one as the program says. */
  programImage?(name: string): string | undefined;
}

/** How a machine lets us in before anything of it is changed. */
export const arrivalAt = ({ arrival, connection }: Machine): Output<Connection> => arrival ?? connection;
