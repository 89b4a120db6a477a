import type * as docker from "@pulumi/docker";
import type { Input, Output, Resource } from "@pulumi/pulumi";
import type { Connection } from "@vpai/providers";
import type { StackConfig } from "../config";
import type { Owner } from "./container/ownership";
import type { SecretStore } from "./secret-store";

/** Where a host gets an image from, and what has to happen first. */
export interface ImageSource {
  /** Content to pull, `sha256:…`: the host pulls `<reference>@<digest>`. Absent: what the reference itself says. */
  digest?: Input<string>;
  dependsOn: Resource[];
  /** Version of the program inside, where the reference's tag does not tell it. */
  version?: string;
}

/** What everything on one host shares. */
export interface HostContext {
  owner: Owner;
  /** Opens when host and engine answer. */
  connection: Output<Connection>;
  engine: docker.Provider;
  secrets: SecretStore;
  /** Address that public ports listen on. */
  publicAddress: Output<string>;
  /** Address that VPN-only ports listen on; without one they listen nowhere. */
  vpnAddress: string | undefined;
  /** Whether containers and networks of the same name that are not ours may be replaced. */
  adopt: boolean;
  /** Whether what holds data is protected from deletion. */
  protect: boolean;
  /** What happens to n8n workflows that were edited on the host. */
  workflows: StackConfig["workflows"];
  imageSource(reference: string): ImageSource;
}

/** Folder of a platform on its hosts, as the Ansible roles laid it out. */
export const platformFolder = ({ platform }: Owner): string => `/opt/${platform}`;
