import { createHash } from "node:crypto";
import { z } from "zod";
import { log, type Output, ResourceHook } from "@pulumi/pulumi";
import { jsonIfAny, parseJson } from "../../../model/foreign-json";
import { lookUntil } from "../../../model/look-until";
import { known } from "../../known";

/** An object at Hetzner as its owner names and labels it. */
export interface Named {
  collection: "servers" | "firewalls" | "ssh_keys";
  name: string;
  /** Those without which it is not ours. */
  labels: Record<string, string>;
}

const foundSchema = z.looseObject({ id: z.number(), labels: z.record(z.string(), z.string()) });

/** What the API answers a search with: nothing of a collection that it does not know. */
const answerSchema = z.looseObject({
  servers: z.array(foundSchema).exactOptional(),
  firewalls: z.array(foundSchema).exactOptional(),
  ssh_keys: z.array(foundSchema).exactOptional(),
});

const refusalSchema = z.looseObject({ error: z.looseObject({ message: z.string() }) });

type Found = z.infer<typeof foundSchema>;

/** How often the API is asked whether an object is gone, and how many times, in milliseconds: two minutes in all. */
const POLL = { pause: 500, looks: 240 };

/** Label of a server: the digest of its host key, which tells what state it was made from. */
export const ORIGIN_LABEL = "host-key";

/** Value of {@link ORIGIN_LABEL}; Hetzner takes 63 characters. */
export const originOf = (hostKey: string): string => createHash("sha256").update(hostKey).digest("hex").slice(0, 32);

/** Where and as whom objects at Hetzner are made. */
export interface Maker {
  token: Output<string>;
  /** What {@link ORIGIN_LABEL} says of servers that this state makes. */
  origin: Output<string>;
}

/**
 * A hook that runs right before an object is created at Hetzner: one that an interrupted run left under its name, unknown to
 * the state, goes away; what is not ours stops the run, and so does a server of another state, whose data would go with it.
 * Names are unique there, so the creation would fail.
 * @param resource name of the resource, for the hook's own name
 */
export function sweepBeforeCreate(resource: string, target: Named, { token, origin }: Maker): ResourceHook {
  return new ResourceHook(`sweep ${resource}`, async () => {
    const api = new Api(await known(token));
    await refuseServerOfOtherState(api, target, await known(origin));
    for (const found of await api.find(target)) {
      if (!isOurs(found, target.labels)) throw new Error(notOurs(target, found));
      await api.remove(target.collection, found.id);
      await log.info(`removed ${target.collection}/${found.id} ${target.name}, left by an interrupted run`);
    }
  });
}

async function refuseServerOfOtherState(api: Api, target: Named, origin: string): Promise<void> {
  const servers = await api.find({ ...target, collection: "servers" });
  const other = servers.find((one) => isOurs(one, target.labels) && one.labels[ORIGIN_LABEL] !== origin);
  if (other === undefined) return;
  throw new Error(
    `expected no server named ${target.name} at Hetzner, or one that this state made; found number ${other.id}, made from a state that ` +
      "was lost or set back. Bring that state back (make state-restore); to start anew, delete the server in Hetzner's console: its data goes with it.",
  );
}

const isOurs = (found: Found, labels: Record<string, string>): boolean =>
  Object.entries(labels).every(([name, value]) => found.labels[name] === value);

const notOurs = ({ collection, name, labels }: Named, { id }: Found): string =>
  `expected no ${collection} named ${name} at Hetzner, or one of this stack's (labels ${JSON.stringify(labels)}); ` +
  `found number ${id}, which is not: rename or delete it in the console`;

/** The API's status for an object that another action works on. */
const LOCKED = 423;

/** The few requests that need no provider. */
class Api {
  private readonly endpoint = process.env["HCLOUD_ENDPOINT"] || "https://api.hetzner.cloud/v1";

  constructor(private readonly token: string) {}

  async find({ collection, name }: Named): Promise<Found[]> {
    const response = await this.request("GET", `${collection}?name=${encodeURIComponent(name)}`);
    return parseJson(answerSchema, await response.text(), `Hetzner's list of ${collection}`)[collection] ?? [];
  }

  /** Resolves when the object is gone. It is locked while the creation that was interrupted goes on at Hetzner. */
  async remove(collection: string, id: number): Promise<void> {
    const item = `${collection}/${id}`;
    const { status } = await lookUntil(
      () => this.request("DELETE", item, LOCKED),
      (answer) => answer.status === 404,
      POLL,
    );
    if (status !== 404)
      throw new Error(`expected ${item} to be gone, found it still there: look at it in Hetzner's console`);
  }

  /** @throws unless the answer is a success, says that there is no such object, or is tolerated */
  private async request(method: string, path: string, tolerated?: number): Promise<Response> {
    const response = await fetch(`${this.endpoint}/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}` },
    });
    if (response.ok || response.status === 404 || response.status === tolerated) return response;
    throw new Error(`Hetzner's API answered ${method} ${path} with ${response.status}: ${await reason(response)}`);
  }
}

/** The API's own words; a gateway's answer has none. */
async function reason(response: Response): Promise<string> {
  const text = await response.text();
  return jsonIfAny(refusalSchema, text)?.error.message ?? text;
}
