import { z } from "zod";
import { jsonIfAny } from "../../model/foreign-json";

/** What OVH's API says with an error. */
const saidSchema = z.object({ message: z.string().exactOptional(), errorCode: z.string().exactOptional() });

type Said = z.infer<typeof saidSchema>;

const NO_CONSUMER =
  "the consumer key is not valid, or no longer: create a new one and give it as secrets:ovhConsumerKey";

/** What is wrong with a key and what to do, by OVH's code. */
const KEYS: Readonly<Record<string, string>> = {
  INVALID_KEY: "the application key is not one of this API: compare secrets:ovhApplicationKey",
  INVALID_SIGNATURE:
    "the application secret does not belong to the application key: compare secrets:ovhApplicationSecret",
  INVALID_CREDENTIAL: NO_CONSUMER,
  NOT_CREDENTIAL: NO_CONSUMER,
  NOT_GRANTED_CALL:
    "the consumer key may not do that: it needs GET, POST, PUT and DELETE on /domain/zone/* (docs/secrets.md)",
};

/** Messages of the same errors, where a code is missing. */
const MESSAGES: readonly (readonly [RegExp, string])[] = [
  [/application key is invalid/i, "INVALID_KEY"],
  [/invalid signature/i, "INVALID_SIGNATURE"],
  [/credential (is not valid|does not exist)/i, "INVALID_CREDENTIAL"],
  [/has not been granted/i, "NOT_GRANTED_CALL"],
];

/** An answer of OVH's API that is no success, and will not be one by itself. */
export class OvhRefusal extends Error {
  constructor(
    asked: string,
    readonly status: number,
    body: string,
  ) {
    super(`OVH: ${asked}: ${sentenceOf(status, saidIn(body))}`);
  }
}

/** That nobody answered, or with an error that passes by itself. */
export class OvhOutage extends Error {
  /** @param wait milliseconds after which the API wants to be asked again, where it says so */
  constructor(
    asked: string,
    found: string,
    readonly wait?: number,
  ) {
    super(`OVH: ${asked}: expected an answer, found ${found}: try again later`);
  }
}

/** OVH's words never hold a key. */
function sentenceOf(status: number, { message = "no reason", errorCode = "" }: Said): string {
  const code = errorCode in KEYS ? errorCode : MESSAGES.find(([pattern]) => pattern.test(message))?.[1];
  return KEYS[code ?? ""] ?? `expected a success, found ${status}: ${message}`;
}

const saidIn = (body: string): Said => jsonIfAny(saidSchema, body) ?? {};
