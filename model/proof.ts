import type { SecretDeclaration } from "./secret";
import type { Access } from "./site";

/** A request that a client makes who logs in with a value. Nothing of it is ever shown. */
interface LoginRequest {
  /** Default: GET. */
  method?: string;
  /** Absolute path. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. Default: nothing. */
  body?: object;
}

/** Whose login is tried. */
interface Login {
  secret: SecretDeclaration;
  /** In a few words: `role n8n`. */
  as: string;
}

/** A login over HTTP. */
export interface HttpProof extends Login {
  request: (value: string) => LoginRequest;
  /** Whether a status is that of a login that succeeded. Default: 200 to 299. */
  accepted?: (status: number) => boolean;
  /** Statuses that say no to the value; of any other, nobody can tell. Default: 401 and 403. */
  refused?: readonly number[];
  /** Site at whose gateway it is tried. Default: the program's own port. */
  site?: { subdomain: string; access: Access; via?: string };
}

/** A login by a command where the program runs. */
export interface CommandProof extends Login {
  /** Prints `accepted` or `refused`, and succeeds; of anything else nobody can tell. */
  command: readonly string[];
  /** What it reads from standard input: the value never is an argument. Default: the value. */
  input?: (value: string) => string;
}

/** How a value of a secret is tried at the program that takes it, as a client of it would. */
export type Proof = HttpProof | CommandProof;

/** What a program says to a value. */
export type Verdict = "accepted" | "refused" | { unclear: string };

/** The header of HTTP's basic authentication. */
export const basicLogin = (user: string, password: string): Readonly<Record<string, string>> => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
});

/** The header that most programs take a token in. */
export const bearerLogin = (token: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${token}` });

/**
 * Any answer of a program but the one that says no to the login, or that it answers nobody for a while: what a site serves is not the
 * point.
 */
export const letIn = (status: number): boolean => status < 500 && ![401, 403, 429].includes(status);

/** What the status of an answer says. */
export function verdictOf({ accepted = isSuccess, refused = [401, 403] }: HttpProof, status: number): Verdict {
  if (refused.includes(status)) return "refused";
  return accepted(status) ? "accepted" : { unclear: `it answered ${status}` };
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;
