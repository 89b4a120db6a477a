import { isIPv4, isIPv6 } from "node:net";
import type { Kind } from "../implementation";
import type { OvhAccount } from "../ovh/client";
import { OvhOutage, OvhRefusal } from "../ovh/failure";
import { type ManagedRecord, planOf, type ZonePlan } from "../ovh/plan";
import { type AddressRecord, Zone, type ZoneRecord } from "../ovh/zone";
import { resourceOf } from "../resource";
import { Unreadable } from "../unreadable";
import { warn } from "../warn";

/** Address records of a stack's names in a zone at OVH. Other records of the zone are not touched. */
export interface OvhZoneRecordsInputs extends OvhAccount {
  /** `example.org` */
  zone: string;
  /** Each name and type once. */
  records: AddressRecord[];
  /** Seconds that resolvers keep one. */
  ttl: number;
  /** Names whose records of others make way; without, they stop the run. */
  adopt: string[];
}

export interface OvhZoneRecordsState extends OvhZoneRecordsInputs {
  managed: ManagedRecord[];
}

/** OVH takes no less. */
const LEAST_TTL = 60;

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

const isName = (name: string): boolean => name.split(".").every((label) => LABEL.test(label));

export const ovhZoneRecordsKind: Kind<OvhZoneRecordsInputs, OvhZoneRecordsState> = {
  version: 1,
  identity: ["endpoint", "zone"],
  transient: ["adopt"],
  title: ({ zone }) => `the records of the zone ${zone} at OVH`,
  check: ({ endpoint, zone, records, ttl }) => [
    ...(/^https?:\/\/[^\s/]+(\/[^\s/]+)*$/.test(endpoint)
      ? []
      : [wrong("endpoint", `expected an address without a slash at its end, found ${endpoint}`)]),
    ...(zone !== "" && isName(zone) ? [] : [wrong("zone", `expected a domain name, found ${zone}`)]),
    ...(Number.isInteger(ttl) && ttl >= LEAST_TTL
      ? []
      : [wrong("ttl", `expected whole seconds, ${LEAST_TTL} or more, found ${ttl}`)]),
    ...records.flatMap((record) => faultsOf(record).map((reason) => wrong("records", reason))),
    ...records
      .filter((one, index) => records.findIndex((other) => isFor(one, other)) !== index)
      .map(({ name, type }) => wrong("records", `expected each name once, found ${type} of "${name}" twice`)),
  ],
  async ensure(inputs, before) {
    const zone = new Zone(inputs, inputs.zone);
    const managed = before?.managed ?? [];
    const { records, adopt, ttl } = inputs;
    const found = await allOf(zone, [...records, ...managed]);
    const plan = planOf({ wanted: records, found, managed, adopt, ttl });
    refuseForeign(plan, inputs);
    const looked = await carryOut(zone, plan, inputs);
    return { ...inputs, managed: records.flatMap((one) => looked.filter((other) => isFor(one, other))) };
  },
  async observe(state) {
    try {
      return await seen(new Zone(state, state.zone), state);
    } catch (error) {
      // A consumer key that is valid no longer must not keep a refresh from all else.
      throw error instanceof OvhOutage || error instanceof OvhRefusal ? new Unreadable(error.message) : error;
    }
  },
  async remove(state) {
    const zone = new Zone(state, state.zone);
    const { managed, ttl } = state;
    const plan = planOf({ wanted: [], found: await allOf(zone, managed), managed, adopt: [], ttl });
    await carryOut(zone, plan, state);
  },
};

/** Whether two records are of one name and type. */
const isFor = (one: Pick<AddressRecord, "name" | "type">, other: Pick<ZoneRecord, "name" | "type">): boolean =>
  one.name === other.name && one.type === other.type;

const wrong = <Property extends string>(property: Property, reason: string) => ({ property, reason });

function faultsOf({ name, type, target }: AddressRecord): string[] {
  const isRight = type === "A" ? isIPv4(target) : type === "AAAA" && isIPv6(target);
  return [
    ...(name === "" || isName(name) ? [] : [`expected a name below the zone, or nothing, found "${name}"`]),
    ...(isRight
      ? []
      : [`expected of "${name}" an A record of an IPv4 or an AAAA record of an IPv6 address, found ${type} ${target}`]),
  ];
}

/** All records of some names. */
async function allOf(zone: Zone, records: readonly { name: string }[]): Promise<ZoneRecord[]> {
  const found: ZoneRecord[] = [];
  for (const name of new Set(records.map((one) => one.name))) found.push(...(await zone.named(name)));
  return found;
}

/** @throws where somebody else's record would be overwritten: nothing was changed then */
function refuseForeign({ foreign }: ZonePlan, { zone }: OvhZoneRecordsInputs): void {
  if (foreign.length === 0) return;
  const found = foreign.map((one) => textOf(one, zone)).join(", ");
  const names = [...new Set(foreign.map(({ name }) => JSON.stringify(name)))].join(", ");
  throw new Error(
    `the zone ${zone} at OVH: expected no other value where this stack's records go, found ${found}: remove it at OVH, ` +
      `or have it replaced by vpai:ovh.adoptNames: [${names}]. Nothing was changed`,
  );
}

/** Changes the zone, and then has it served. Whatever an interrupted run has left unserved is served, too. */
async function carryOut(
  zone: Zone,
  plan: ZonePlan,
  { ttl, zone: name }: OvhZoneRecordsInputs,
): Promise<ManagedRecord[]> {
  for (const { id } of plan.removed) await zone.remove(id);
  for (const record of plan.changed) await zone.update({ ...record, ttl });
  const created: ManagedRecord[] = [];
  try {
    for (const one of plan.created) created.push({ ...one, id: await zone.create(one, ttl), isMade: true });
    await zone.refresh();
  } catch (error) {
    // What took another one's place stays: the name would be nobody's.
    const alone = created.filter((one) => !plan.removed.some((gone) => gone.name === one.name));
    await takeBack(zone, alone, name);
    throw error;
  }
  for (const one of plan.left)
    warn(
      `${textOf(one, name)} stays in the zone at OVH, as this stack did not make it so: removing it is for a person to do`,
    );
  return [...plan.kept, ...plan.changed, ...created];
}

/** The state does not learn what a run that failed has made: the next one would take it for somebody else's, and leave it for ever. */
async function takeBack(zone: Zone, created: readonly ManagedRecord[], name: string): Promise<void> {
  const left = [...created];
  try {
    for (const { id } of created) {
      await zone.remove(id);
      left.shift();
    }
  } catch {
    const which = left.map((one) => textOf(one, name)).join(", ");
    warn(
      `${which}: made at OVH by this run, which failed; the next one takes it for somebody else's, and never removes it`,
    );
  }
}

/** What the zone has of the state's names; records of others in their places are told of, too. */
async function seen(zone: Zone, state: OvhZoneRecordsState): Promise<OvhZoneRecordsState> {
  const { managed } = state;
  const found = await allOf(zone, managed);
  const made = found.filter(({ id }) => managed.some((one) => one.id === id && one.isMade));
  return {
    ...state,
    records: managed.flatMap((own) =>
      found
        .filter((one) => isFor(own, one) || (one.name === own.name && one.type === "CNAME"))
        .map((one) => ({ name: one.name, type: one.type as AddressRecord["type"], target: one.target })),
    ),
    ttl: made.find(({ ttl }) => ttl !== state.ttl)?.ttl ?? state.ttl,
  };
}

/** `couch.example.org A 192.0.2.1` */
const textOf = ({ name, type, target }: Omit<ZoneRecord, "id" | "ttl">, zone: string): string =>
  `${name === "" ? zone : `${name}.${zone}`} ${type} ${target}`;

/** A stack's address records in a zone at OVH. */
export class OvhZoneRecords extends resourceOf(ovhZoneRecordsKind, {
  type: "vpai/ovh:ZoneRecords",
  name: "ovhZoneRecords",
  defaults: { ttl: 3600, adopt: [] },
  outputs: { managed: "plain" },
}) {}
