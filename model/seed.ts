/**
 * What a seed has of a table's rows, by the names of its columns, apart by blanks. Every column is named once: one that a new release of
 * its program brings is refused until somebody says what it holds.
 */
export interface RowRules {
  /** As they are: numbers of rows, states, moments. */
  keep?: string;
  /** NULL. */
  null?: string;
  /** An address that reaches nobody, the same for the same. */
  email?: string;
  /** A made-up name, the same for the same. */
  name?: string;
  /** Signs of the same number that say nothing, the same for the same; each element of a list. */
  text?: string;
  /** 32 signs that open nothing, the same for the same. For what must be unique. */
  token?: string;
  /** One value for all rows, as PostgreSQL reads it, by column. */
  constant?: Readonly<Record<string, string>>;
  /**
   * JSON of the same form with other texts, other keys of objects, and 0 for numbers, but for these places, by column. A place is keys
   * apart by dots; `*` stands for any one, and for a place in a list: in `[{"type": "a"}]`, `*.type` is where `a` is. Of a place that
   * ends with a colon the last key alone stays as it is.
   */
  json?: Readonly<Record<string, readonly string[]>>;
  /** Rows that come along have one of these values, by column. Default: all do. */
  only?: Readonly<Record<string, readonly string[]>>;
}

/** Rules of a table; `empty` has none of its rows. */
type TableRules = "empty" | RowRules;

/** What leaves production of a database: only what these rules name. */
export interface SeedRules {
  kind: "sanitised";
  /** By name; of another schema than `public`, with that in front: `drizzle.migrations`. */
  tables: Readonly<Record<string, TableRules>>;
  /** Tables that are not even there, as regular expressions of such names: those that people make. Default: none. */
  absent?: readonly string[];
}

/** What a seed has of a database. */
export type Seed = SeedRules | { kind: "none"; reason: string };

/** The database of whoever says nothing of it. */
export const UNSAID: Seed = { kind: "none", reason: "nobody has said what of it may leave production" };

/** A rule of one column, as the program that carries it out reads it. */
interface ColumnRule {
  table: string;
  column: string;
  rule: "keep" | "null" | "email" | "name" | "text" | "token" | "constant" | "json";
  /** Of `constant`. */
  value?: string;
  /** Of `json`. */
  places?: readonly string[];
}

/** Rules whose columns are only named. */
const NAMED = ["keep", "null", "email", "name", "text", "token"] as const;

const words = (text = ""): string[] => text.split(" ").filter((word) => word !== "");

/** The rules of a table's columns, one by one. */
export const columnRules = (table: string, rules: RowRules): ColumnRule[] => [
  ...NAMED.flatMap((rule) => words(rules[rule]).map((column) => ({ table, column, rule }))),
  ...Object.entries(rules.constant ?? {}).map(([column, value]) => ({
    ...{ table, column, value },
    rule: "constant" as const,
  })),
  ...Object.entries(rules.json ?? {}).map(([column, places]) => ({ table, column, places, rule: "json" as const })),
];

/** Tables whose rules are twofold or of no column that is named, in words. */
export function faultsOf({ tables }: SeedRules): string[] {
  return Object.entries(tables).flatMap(([table, rules]) => {
    if (rules === "empty") return [];
    const columns = columnRules(table, rules).map(({ column }) => column);
    const twice = columns.filter((column, index) => columns.indexOf(column) !== index);
    const unnamed = Object.keys(rules.only ?? {}).filter((column) => !columns.includes(column));
    return [
      ...twice.map((column) => `${table}.${column} has two rules`),
      ...unnamed.map((column) => `${table}.${column} chooses rows and has no rule`),
    ];
  });
}
