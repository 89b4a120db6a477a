import { type AddressRecord, isSame, type ZoneRecord } from "./zone";

/** A record that a stack looks after. */
export interface ManagedRecord extends AddressRecord {
  id: number;
  /** Whether the stack made it: only then does it go with the stack. */
  isMade: boolean;
}

/** What is wanted, and what is there. */
interface Situation {
  wanted: readonly AddressRecord[];
  /** All records of the names that are wanted or looked after. */
  found: readonly ZoneRecord[];
  /** What was looked after before. */
  managed: readonly ManagedRecord[];
  /** Names whose records of others make way. */
  adopt: readonly string[];
  /** Seconds, of what the stack makes. */
  ttl: number;
}

/** How a zone comes to have what is wanted. */
export interface ZonePlan {
  /** As they are. */
  kept: readonly ManagedRecord[];
  changed: readonly ManagedRecord[];
  removed: readonly ZoneRecord[];
  created: readonly AddressRecord[];
  /** Records of others in the place of wanted ones, which nobody said should go. */
  foreign: readonly ZoneRecord[];
  /** Records that are no longer wanted, and are not the stack's to remove. */
  left: readonly ZoneRecord[];
}

/** What has to be done, without asking anybody. */
export function planOf(situation: Situation): ZonePlan {
  const { wanted, found, managed } = situation;
  const plans = wanted.map((one) => planFor(one, situation));
  const dropped = managed
    .filter((one) => !wanted.some(({ name, type }) => name === one.name && type === one.type))
    .flatMap((one) => found.filter(({ id }) => id === one.id).map((record) => ({ one, record })));
  const goes = ({ one, record }: (typeof dropped)[0]): boolean => one.isMade && isSame(one, record);
  return {
    kept: plans.flatMap(({ kept = [] }) => kept),
    changed: plans.flatMap(({ changed = [] }) => changed),
    created: plans.flatMap(({ created = [] }) => created),
    foreign: plans.flatMap(({ foreign = [] }) => foreign),
    removed: [...plans.flatMap(({ removed = [] }) => removed), ...dropped.filter(goes).map(({ record }) => record)],
    left: dropped.filter((one) => !goes(one)).map(({ record }) => record),
  };
}

function planFor(wanted: AddressRecord, { found, managed, adopt, ttl }: Situation): Partial<ZonePlan> {
  const there = found.filter(({ name, type }) => name === wanted.name && [wanted.type, "CNAME"].includes(type));
  const own = managed.find(({ name, type }) => name === wanted.name && type === wanted.type);
  const right = there.filter((one) => isSame(one, wanted));
  const record = right.find(({ id }) => id === own?.id) ?? right[0] ?? there.find(({ id }) => id === own?.id);
  const others = there.filter((one) => one !== record);
  const isOurs = ({ id }: ZoneRecord): boolean => id === own?.id && own.isMade;
  const foreign = adopt.includes(wanted.name) ? [] : others.filter((one) => !isOurs(one));
  const removed = others.filter((one) => !foreign.includes(one));
  if (record === undefined) return { foreign, removed, created: [wanted] };
  const kept = { ...wanted, id: record.id, isMade: isOurs(record) };
  const isRight = isSame(record, wanted) && (!kept.isMade || record.ttl === ttl);
  return { foreign, removed, ...(isRight ? { kept: [kept] } : { changed: [kept] }) };
}
