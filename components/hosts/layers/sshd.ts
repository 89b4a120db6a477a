import type { Output, Resource } from "@pulumi/pulumi";
import { type Connection, SshdConfig } from "@vpai/providers";
import { ROOT_BY_KEY, SSHD } from "../../../model/hardening/sshd";
import type { PlatformHost } from "../../../model/platform";
import type { Layer } from "./layer";

/** A host that lets us in. */
interface Entered {
  name: string;
  /** How we log in now. */
  connection: Output<Connection>;
  /** How everything above logs in: by the port that the stack's file says. */
  declared: Output<Connection>;
  description: Pick<PlatformHost, "sshd">;
  /** Login names that the stack makes there, beside the one by which it comes. Default: none. */
  accounts?: readonly string[];
  parent: Resource;
}

/** The layer that holds sshd to the checklist. */
export const sshdLayer: Layer<Entered> = (
  { name, connection, declared, description, accounts = [], parent },
  after,
) => {
  const user = connection.apply((login) => login.user);
  const sshd = new SshdConfig(
    `${name}/sshd`,
    {
      connection,
      port: declared.apply(({ port }) => port),
      users: user.apply((own) => usersOf([own, ...accounts], description)),
      options: user.apply((own) => optionsOf(own, description)),
    },
    { parent, dependsOn: [...after] },
  );
  return { ready: [sshd] };
};

/** Whom sshd lets in: ourselves and whom we make there, and whom the platform names. In alphabetical order. */
export const usersOf = (accounts: readonly string[], { sshd = {} }: Entered["description"]): string[] =>
  [...new Set([...accounts, ...(sshd.users ?? [])])].sort();

/** The checklist's values with those of the host. Root may come in, by key, where we are root ourselves. */
export const optionsOf = (own: string, { sshd = {} }: Entered["description"]): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(SSHD).map(([option, { value }]) => [option, value])),
  ...(own === "root" ? { PermitRootLogin: ROOT_BY_KEY } : {}),
  ...sshd.options,
});
