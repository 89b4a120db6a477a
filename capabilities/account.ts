import { ProgramAccount } from "@vpai/providers";
import { containerOf, defineCapability } from "../model/capability";
import type { SecretDeclaration } from "../model/secret";
import { hostnameOf } from "../model/site";

/** Who logs in, as most programs call it. */
interface Credentials {
  email: string;
  password: string;
}

/** A request that takes JSON. */
interface AccountPage {
  /** Absolute path. */
  path: string;
  body: (credentials: Credentials) => object;
}

/** How a program makes accounts and logs them in. */
export interface AccountPages {
  /** Succeeds with the right password alone. */
  signIn: AccountPage;
  /** Makes an account; fails where one has that name. */
  signUp: AccountPage;
}

/** What makes a service one that has accounts. */
interface AccountServer {
  /** The site that its pages are asked under, which it may compare a request with. */
  site: { subdomain: string };
  pages: AccountPages;
}

/** The first account of a program, which owns it, under the stack's `ownerEmail`. */
interface Owner {
  /** Name of the service. */
  of: string;
  password: SecretDeclaration;
}

/** An account in a program that else gives itself to whoever signs up first, made from inside before its sites open. */
export const account = defineCapability<AccountServer, Owner>({
  name: "account",
  when: "after",
  opens: true,
  requestSecrets: ({ password }) => [password],
  claims: ({ of }) => [`account ${of}`],
  make: ({ of, password }, { offer: { site, pages }, host, connection, endpoint, ready, scope }, at) => {
    const bodyOf = ({ body }: AccountPage) =>
      at.secret(password).apply((value) => JSON.stringify(body({ email: at.ownerEmail, password: value })));
    return new ProgramAccount(
      `${host}/account/${of}`,
      {
        connection,
        container: containerOf(endpoint),
        port: endpoint.port,
        hostname: hostnameOf(site, at.domain),
        email: at.ownerEmail,
        signIn: { path: pages.signIn.path, body: bodyOf(pages.signIn) },
        signUp: { path: pages.signUp.path, body: bodyOf(pages.signUp) },
      },
      { parent: scope, dependsOn: [ready] },
    );
  },
});
