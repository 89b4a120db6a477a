/** A record as OVH's API tells of it. */
export interface FakeRecord {
  id: number;
  zone: string;
  subDomain: string;
  fieldType: string;
  target: string;
  ttl: number;
}

/** A zone: what it holds, and what its name servers answer, which is what it held at the last refresh. */
export class FakeZone {
  readonly records = new Map<number, FakeRecord>();
  refreshes = 0;
  /** Called with what is served from now on: whoever is the zone's name server. */
  onRefresh: (records: readonly FakeRecord[]) => void = () => undefined;
  private served: string[] = [];
  private next = 5_000_000_001;

  /** Puts a record there as a person would, and serves it. @returns its id */
  put(subDomain: string, fieldType: string, target: string): number {
    const { id } = this.create({ subDomain, fieldType, target, ttl: 0 });
    this.refresh();
    this.refreshes = 0;
    return id;
  }

  create({ subDomain = "", fieldType, target, ttl }: Omit<FakeRecord, "id" | "zone">): FakeRecord {
    const record = { id: this.next, zone: "example.org", subDomain, fieldType, target, ttl };
    this.next += 1;
    this.records.set(record.id, record);
    return record;
  }

  /** Of the records that match; an empty name is none to go by. */
  ids(fieldType: string | null, subDomain: string | null): number[] {
    return [...this.records.values()]
      .filter((one) => !fieldType || one.fieldType === fieldType)
      .filter((one) => !subDomain || one.subDomain === subDomain)
      .map(({ id }) => id);
  }

  refresh(): void {
    this.refreshes += 1;
    this.served = [...this.records.values()].map((one) => `${one.subDomain} ${one.fieldType} ${one.target}`.trim());
    this.onRefresh([...this.records.values()]);
  }

  /** What the name servers answer: `couch A 192.0.2.1`. */
  get answers(): string[] {
    return [...this.served].sort();
  }
}
