import { z } from "zod";
import { jsonIfAny } from "../../model/foreign-json";
import { type Challenge, parseChallenge } from "./challenge";

/** How long one request may take, in milliseconds, its answer included. */
const REQUEST_TIMEOUT = 20_000;

/** Where a registry is, and who asks it. */
export interface RegistryAccess {
  /** Base of its API: `https://ghcr.io`. */
  endpoint: string;
  /** `user:password` in base64. Default: none, public images only. */
  basic?: string | undefined;
  /** Whose those are, for messages: `mobutoo (secrets:ghcrToken)`. Default: docker's. */
  login?: string | undefined;
  /** Milliseconds that one request may take. Default: 20,000. */
  timeout?: number;
}

/** How a registry gets to know who asks. */
export const HOW_TO_LOG_IN = "docker login, or make images-lock STACK=<one that has a login in vpai:registries>";

/** What a registry answered with. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** Asks a registry for one repository's content, with the token that it demands (distribution's token authentication). */
export class RegistryClient {
  private authorization: string | undefined;

  constructor(private readonly access: RegistryAccess) {}

  /** Who asks, for messages; undefined for a stranger. */
  get login(): string | undefined {
    return this.access.basic === undefined ? undefined : (this.access.login ?? "the login that docker keeps");
  }

  /**
   * GET below `/v2/`.
   * @returns the answer whatever its status, 401 only when a token did not help
   * @throws when there is none in time, or the registry wants a login that this client does not know, or refuses it
   */
  async get(path: string, accept: readonly string[]): Promise<Answer> {
    const url = `${this.access.endpoint}/v2/${path}`;
    const first = await this.request(url, accept);
    if (first.status !== 401 || this.authorization !== undefined) return first;
    this.authorization = await this.authorize(first);
    const second = await this.request(url, accept);
    if (second.status === 401 && this.authorization.startsWith("Basic ")) throw this.refused(this.access.endpoint, 401);
    return second;
  }

  /** A token service says the same to a wrong password, to a missing right and to a wrong name. */
  private refused(by: string, status: number): Error {
    return new Error(
      `${by} refuses ${this.login ?? "a stranger"} (status ${status}): correct the password, the right to read the image, or its name`,
    );
  }

  private async request(url: string, accept: readonly string[], authorization = this.authorization): Promise<Answer> {
    const headers = {
      ...(accept.length === 0 ? {} : { accept: accept.join(", ") }),
      ...(authorization === undefined ? {} : { authorization }),
    };
    try {
      const signal = AbortSignal.timeout(this.access.timeout ?? REQUEST_TIMEOUT);
      const answer = await fetch(url, { headers, signal });
      return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
    } catch (error) {
      throw new Error(`expected an answer from ${new URL(url).origin}, found ${reasonOf(error as Error)}`, {
        cause: error,
      });
    }
  }

  private async authorize({ headers }: Answer): Promise<string> {
    const header = headers.get("www-authenticate") ?? "";
    const challenge = parseChallenge(header);
    const { basic } = this.access;
    if (challenge?.scheme === "bearer") return `Bearer ${await this.token(challenge, basic)}`;
    if (challenge?.scheme === "basic" && basic !== undefined) return `Basic ${basic}`;
    throw new Error(
      challenge === undefined
        ? `expected ${this.access.endpoint} to ask for a token or a password, found "${header}"`
        : `${this.access.endpoint} wants a password: ${HOW_TO_LOG_IN}`,
    );
  }

  private async token({ parameters }: Challenge, basic: string | undefined): Promise<string> {
    const url = this.tokenUrl(parameters);
    const answer = await this.request(url.href, [], basic === undefined ? undefined : `Basic ${basic}`);
    const { token, access_token: accessToken } = tokenIn(answer);
    const found = token ?? accessToken;
    if (found !== undefined && found !== null) return found;
    const denied = [401, 403].includes(answer.status);
    if (denied && basic !== undefined) throw this.refused(url.origin, answer.status);
    const todo = denied ? `correct the image's name, or ${HOW_TO_LOG_IN}` : "run again later";
    throw new Error(`expected a token from ${url.origin}, found status ${answer.status}: ${todo}`);
  }

  /** Where the registry says its tokens come from. Credentials go there, so an encrypted registry may not name a plain one. */
  private tokenUrl({ realm = "", service, scope }: Challenge["parameters"]): URL {
    const encrypted = this.access.endpoint.startsWith("https:");
    if (!URL.canParse(realm) || (encrypted && new URL(realm).protocol !== "https:")) {
      throw new Error(`expected the address of a token service from ${this.access.endpoint}, found "${realm}"`);
    }
    const url = new URL(realm);
    if (service !== undefined) url.searchParams.set("service", service);
    if (scope !== undefined) url.searchParams.set("scope", scope);
    return url;
  }
}

const tokenSchema = z.looseObject({ token: z.string().nullish(), access_token: z.string().nullish() });

/** What is no answer of a token service has no token. */
const tokenIn = ({ status, body }: Answer): z.infer<typeof tokenSchema> =>
  (status === 200 ? jsonIfAny(tokenSchema, body.toString("utf8")) : undefined) ?? {};

/** fetch keeps the reason of a failure in the error's cause. */
export const reasonOf = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message);
