import { interpolate, type Resource } from "@pulumi/pulumi";
import { HostImage } from "@vpai/providers";
import type { HostContext } from "../host-context";
import { loginFor } from "../machines/registry-logins";

/** Whose image it is. */
interface ImageOwner {
  /** First part of the resource's name: `<host>/<service>`. */
  resource: string;
  host: HostContext;
  parent: Resource;
}

/** An image on its host: pulled by the digest that the machine's source of images knows, and with its registry's login. */
export function pulledImage(image: string, { resource, host, parent }: ImageOwner): HostImage {
  const { digest, dependsOn } = host.machine.imageSource(image);
  const login = loginFor(image, host.machine.logins);
  const reference = digest === undefined ? image : interpolate`${image}@${digest}`;
  return new HostImage(
    `${resource}/image`,
    { connection: host.connection, reference, ...(login === undefined ? {} : { login }) },
    { parent, dependsOn, hooks: host.beforeChange },
  );
}
