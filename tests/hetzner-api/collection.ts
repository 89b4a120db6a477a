import { ApiError, invalidInput, notFound } from "./errors";

/** What every object of a project has. */
export interface Entry {
  id: number;
  name: string;
  labels: Record<string, string>;
  created: string;
}

/** A request's body, or its query. */
export type Fields = Record<string, unknown>;

let lastId = 42_000_000;

/** The objects of one kind in a project. Their names are unique, as at Hetzner. */
export class Collection<Item extends Entry> {
  private readonly items = new Map<number, Item>();

  /** @param kind what errors call one of them: `server` */
  constructor(readonly kind: string) {}

  all(): Item[] {
    return [...this.items.values()];
  }

  /** @throws when there is none with the id */
  get(id: number): Item {
    const item = this.items.get(id);
    if (item === undefined) throw notFound(this.kind, id);
    return item;
  }

  /** Adds an object made of what a request gives. @throws when its name is missing or taken */
  add(request: Fields, rest: Omit<Item, keyof Entry>): Item {
    const entry: Entry = {
      id: ++lastId,
      name: this.freeName(request["name"]),
      labels: (request["labels"] as Record<string, string> | undefined) ?? {},
      created: new Date().toISOString(),
    };
    const item = { ...entry, ...rest } as Item;
    this.items.set(item.id, item);
    return item;
  }

  /** Changes name and labels, as a PUT does. */
  update(id: number, request: Fields): Item {
    const item = this.get(id);
    if (request["name"] !== undefined && request["name"] !== item.name) item.name = this.freeName(request["name"]);
    if (request["labels"] !== undefined) item.labels = request["labels"] as Record<string, string>;
    return item;
  }

  remove(id: number): void {
    this.get(id);
    this.items.delete(id);
  }

  private freeName(name: unknown): string {
    if (typeof name !== "string" || name === "") throw invalidInput("name", "Missing data for required field.");
    if (this.all().some((item) => item.name === name)) {
      throw new ApiError(409, "uniqueness_error", `${this.kind} name is already used`, { fields: [{ name: "name" }] });
    }
    return name;
  }
}
