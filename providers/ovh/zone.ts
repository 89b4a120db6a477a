import { z } from "zod";
import { OvhApi, type OvhAccount } from "./client";
import { OvhRefusal } from "./failure";
import { withRetries } from "./retry";

/** A record of an address. */
export interface AddressRecord {
  /** Name below the zone; empty for the zone itself. */
  name: string;
  type: "A" | "AAAA";
  target: string;
}

/** A record as a zone has it. */
export interface ZoneRecord {
  id: number;
  name: string;
  type: string;
  target: string;
  /** Seconds. */
  ttl: number;
}

/** A record as OVH's API names its parts. */
const recordSchema = z.object({
  id: z.number(),
  subDomain: z.string().nullish(),
  fieldType: z.string(),
  target: z.string(),
  ttl: z.number(),
});

/** Of an answer that nobody looks into. */
const anything = z.unknown();

/** A zone in an account. What is changed in it the world sees after `refresh` alone. */
export class Zone {
  private readonly api: OvhApi;
  private readonly path: string;

  constructor(account: OvhAccount, zone: string) {
    this.api = new OvhApi(account);
    this.path = `/domain/zone/${zone}`;
  }

  /** All records of a name, of whatever type. */
  async named(name: string): Promise<ZoneRecord[]> {
    const ids = await this.api.send(
      z.array(z.number()),
      "GET",
      `${this.path}/record?subDomain=${encodeURIComponent(name)}`,
    );
    const records: ZoneRecord[] = [];
    for (const id of ids) {
      const record = await this.record(id);
      // Asked for the empty name, an API may tell of every one.
      if (record?.name === name) records.push(record);
    }
    return records;
  }

  /** A record that was sent and whose answer was lost is looked for before it is sent again. @returns its id */
  create(wanted: AddressRecord, ttl: number): Promise<number> {
    const body = { fieldType: wanted.type, subDomain: wanted.name, target: wanted.target, ttl };
    return withRetries(async (isFirst) => {
      const found = isFirst ? undefined : (await this.named(wanted.name)).find((one) => isSame(one, wanted));
      return found?.id ?? (await this.api.sendOnce(recordSchema, "POST", `${this.path}/record`, body)).id;
    });
  }

  async update({ id, name, target, ttl }: Omit<ZoneRecord, "type">): Promise<void> {
    await this.api.send(anything, "PUT", `${this.path}/record/${id}`, { subDomain: name, target, ttl });
  }

  /** Succeeds when it is gone already. */
  async remove(id: number): Promise<void> {
    await foundAt(this.api.send(anything, "DELETE", `${this.path}/record/${id}`));
  }

  /** Has the name servers answer with what the zone holds now. */
  async refresh(): Promise<void> {
    await this.api.send(anything, "POST", `${this.path}/refresh`);
  }

  private async record(id: number): Promise<ZoneRecord | undefined> {
    const found = await foundAt(this.api.send(recordSchema, "GET", `${this.path}/record/${id}`));
    return found && { id, name: found.subDomain ?? "", type: found.fieldType, target: found.target, ttl: found.ttl };
  }
}

/** Whether a record says what another one does. */
export const isSame = (one: Omit<ZoneRecord, "id" | "ttl">, other: Omit<ZoneRecord, "id" | "ttl">): boolean =>
  one.name === other.name && one.type === other.type && one.target === other.target;

/** What is there; undefined of a record that went meanwhile. */
async function foundAt<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof OvhRefusal && error.status === 404) return undefined;
    throw error;
  }
}
