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
interface ApiRecord {
  id: number;
  subDomain: string | null;
  fieldType: string;
  target: string;
  ttl: number;
}

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
    const ids = await this.api.send<number[]>("GET", `${this.path}/record?subDomain=${encodeURIComponent(name)}`);
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
      return found?.id ?? (await this.api.sendOnce<ApiRecord>("POST", `${this.path}/record`, body)).id;
    });
  }

  async update({ id, name, target, ttl }: Omit<ZoneRecord, "type">): Promise<void> {
    await this.api.send("PUT", `${this.path}/record/${id}`, { subDomain: name, target, ttl });
  }

  /** Succeeds when it is gone already. */
  async remove(id: number): Promise<void> {
    await foundAt(this.api.send("DELETE", `${this.path}/record/${id}`));
  }

  /** Has the name servers answer with what the zone holds now. */
  async refresh(): Promise<void> {
    await this.api.send("POST", `${this.path}/refresh`);
  }

  private async record(id: number): Promise<ZoneRecord | undefined> {
    const found = await foundAt(this.api.send<ApiRecord>("GET", `${this.path}/record/${id}`));
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
